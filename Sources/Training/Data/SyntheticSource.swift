import Checksums
import Detection
import Dispatch
import FoundationEssentials
import Synchronization
import Synthesis

/// Patches of synthetic scenes.
struct SyntheticSource: PatchSource {
    let scenes: SyntheticScenes
    let threads: Int
    let cache: PatchCache?

    var summary: String {
        let terrain = scenes.terrain.map { ", real elevation of \($0.lastPathComponent)" } ?? ", invented terrain"
        return "\(scenes.patches) patches of synthetic scenes, seed \(scenes.seed)\(terrain)"
    }

    func patches(least side: Int, progress: (Int, Int) throws -> Void) throws -> [LabelledPatch] {
        let tiles = try scenes.terrain.map { try TerrainTiles(folder: $0) }
        let generator = SceneGenerator(recipe: scenes.recipe, tiles: tiles, seed: scenes.seed)
        let key = try cacheKey(generator, tiles)
        if let kept = try cache?.patches(key), kept.count == scenes.patches { return kept }
        let made = try make(generator, progress)
        try cache?.keep(made, key)
        return made
    }

    /// Scenes by their numbers until there are patches enough; how many threads make them changes nothing.
    private func make(_ generator: SceneGenerator, _ progress: (Int, Int) throws -> Void) throws -> [LabelledPatch] {
        var patches: [LabelledPatch] = []
        patches.reserveCapacity(scenes.patches)
        var first = 0
        while patches.count < scenes.patches {
            // Far more scenes than patches means that the label rule fits nothing.
            guard first < 100 * scenes.patches + 1000 else {
                throw DataError.noPatches(path: "synthetic", expected: "scenes and a label rule under which windows get labels")
            }
            let count = min(16 * threads, max(threads, scenes.patches - patches.count))
            let made = Mutex<[Int: [LabelledPatch]]>([:])
            let workers = min(threads, count)
            let start = first
            DispatchQueue.concurrentPerform(iterations: workers) { worker in
                for index in stride(from: start + worker, to: start + count, by: workers) {
                    let some = generator.patches(ofScene: index, count: scenes.perScene, rule: scenes.rule).map(labelled)
                    made.withLock { $0[index] = some }
                }
            }
            first += count
            let all = made.withLock { $0 }
            for index in start..<first { patches += all[index] ?? [] }
            try progress(min(patches.count, scenes.patches), scenes.patches)
        }
        return Array(patches.prefix(scenes.patches))
    }

    private func labelled(_ patch: ScenePatch) -> LabelledPatch {
        LabelledPatch(
            levels: GreyScale.levels(of: patch.phase), side: ScenePatch.side, label: patch.hasDeformation ? .deformation : .background,
            group: "scene \(patch.scene)", kind: patch.showing, name: "scene \(patch.scene)", fringes: patch.fringes,
            signalToNoise: patch.signalToNoise)
    }

    /// What the patches depend on; a few of them stand for the program that makes them.
    private func cacheKey(_ generator: SceneGenerator, _ tiles: TerrainTiles?) throws -> String {
        guard cache != nil else { return "" }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let settings = String(decoding: try encoder.encode(scenes.recipe) + encoder.encode(scenes.rule), as: UTF8.self)
        var sample = Data()
        for index in 0..<4 {
            for patch in generator.patches(ofScene: index, count: scenes.perScene, rule: scenes.rule) {
                sample.append(contentsOf: labelled(patch).levels)
            }
        }
        tiles?.forEachTile { corner, heights in
            sample.append(contentsOf: corner.utf8)
            heights.withUnsafeBytes { sample.append(contentsOf: $0) }
        }
        return "\(settings) \(scenes.patches) \(scenes.seed) \(scenes.perScene) \(Checksums.sha256(of: sample))"
    }
}

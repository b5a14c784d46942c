import ArgumentParser
import Detection
import Dispatch
import Foundation
import MapPicture
import Synchronization
import Synthesis

struct SynthesizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "synthesize",
        abstract: "Make synthetic interferograms of volcanoes, with what is true of them.",
        discussion: """
            Deformation (Mogi sources, dykes, sills, penny-shaped cracks, earthquakes) and what is taken for it: turbulence, delay that \
            follows the terrain, ramps, incoherent ground. The same seed gives the same scenes.

            Scenes are written as LiCSAR writes interferograms, each in a folder of its own with truth.motion.tif (metres towards the \
            satellite) and truth.json (source, fringes, signal to noise, label rule); fringewatch scan reads them. With --patches labelled \
            grey chips and their manifest.csv are written instead, as fringewatch train and evaluate read them.

            Elevation tiles (SRTM, 3 arc seconds, N40E014.hgt or .hgt.gz; public domain) make better negatives than invented terrain.
            """)

    @Argument(help: "The folder to write to; made where it is missing.", completion: .directory)
    var folder: String

    @Option(name: .shortAndLong, help: "How many scenes.")
    var count = 100

    @Option(name: .long, help: "The first scene's number.")
    var first = 0

    @Option(name: .long, help: "Everything follows from it.")
    var seed: UInt64 = 1

    @Option(name: .long, help: ArgumentHelp("A folder of SRTM tiles for real terrain.", valueName: "folder"), completion: .directory)
    var terrain: String?

    @Option(name: .long, help: ArgumentHelp("Share of the scenes with deformation, 0 to 1. (default: 0.6)", valueName: "share"))
    var deformation: Double?

    @Option(
        name: .long,
        help: ArgumentHelp("How often depths and strengths appear: even, every look alike, or natural, as often as nature has them. (default: even)"),
        transform: {
            guard let odds = SceneOdds(rawValue: $0) else { throw ValidationError("--odds takes even or natural") }
            return odds
        })
    var odds = SceneOdds.even

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Which fringes count for a label: expected, where the coherence is high enough, or observed, where the phase tells them. (default: expected)"
        ),
        transform: {
            guard let visibility = FringeVisibility(rawValue: $0) else { throw ValidationError("--visibility takes expected or observed") }
            return visibility
        })
    var visibility = FringeVisibility.expected

    @Flag(name: .long, help: "Write labelled 320 x 320 chips instead of scenes.")
    var patches = false

    @Option(name: .long, help: "Pixels along each side of a scene, 400 to 1000.")
    var side = 600

    @Option(name: .long, help: "Threads; changes the time and nothing else.")
    var threads = 2

    func validate() throws {
        guard (1...1_000_000).contains(count), (0...100_000_000).contains(first) else {
            throw ValidationError("--count takes 1 to 1000000 and --first 0 to 100000000")
        }
        guard (400...1000).contains(side), side % 2 == 0 else { throw ValidationError("--side takes even numbers from 400 to 1000") }
        if let deformation, !(0...1).contains(deformation) { throw ValidationError("--deformation takes a share from 0 to 1") }
        guard (1...256).contains(threads) else { throw ValidationError("--threads takes 1 to 256") }
    }

    func run() throws {
        do {
            let tiles = try terrain.map { try TerrainTiles(folder: URL(fileURLWithPath: $0)) }
            var recipe = deformation.map { SceneRecipe().sharing(deformation: $0) } ?? SceneRecipe()
            recipe.odds = odds
            recipe.visibility = visibility
            let generator = SceneGenerator(recipe: recipe, tiles: tiles, side: side, seed: seed)
            let place = URL(fileURLWithPath: folder)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            let made = patches ? try writePatches(generator, place) : try writeScenes(generator, place)
            print("\(made) in \(place.path)")
        } catch {
            say("fringewatch: \(printable("\(error)"))")
            throw Exit.failure
        }
    }

    private func writeScenes(_ generator: SceneGenerator, _ place: URL) throws -> String {
        let writer = SceneWriter(generator, folder: place)
        let records = try inOrder { try writer.write($0) }
        let withDeformation = records.count { $0.source != nil }
        return "\(counted(records.count, "scene")), \(withDeformation) with deformation,"
    }

    private func writePatches(_ generator: SceneGenerator, _ place: URL) throws -> String {
        for label in ["deformation", "none"] {
            try FileManager.default.createDirectory(at: place.appendingPathComponent(label), withIntermediateDirectories: true)
        }
        let rows = try inOrder { scene in
            try generator.patches(ofScene: scene).enumerated().map { number, patch in
                let file = "\(patch.hasDeformation ? "deformation" : "none")/scene-\(scene)-\(number).png"
                let chip = GreyPNG(width: ScenePatch.side, height: ScenePatch.side, levels: GreyScale.levels(of: patch.phase))
                try chip.encoded().write(to: place.appendingPathComponent(file), options: .atomic)
                return
                    "\(file),\(patch.hasDeformation ? 1 : 0),scene-\(scene),\(patch.showing),\(decimal(patch.fringes, 2)),\(decimal(patch.signalToNoise, 2))\n"
            }
        }.flatMap { $0 }
        let manifest = "file,label,group,kind,fringes,signal_to_noise\n" + rows.joined()
        try Data(manifest.utf8).write(to: place.appendingPathComponent("manifest.csv"), options: .atomic)
        return "\(counted(rows.count, "patch", "patches")) of \(counted(count, "scene"))"
    }

    /// Makes every scene, on all threads, and gives the results in the scenes' order.
    private func inOrder<Result: Sendable>(_ make: @Sendable (Int) throws -> Result) throws -> [Result] {
        var results: [Result] = []
        let chunk = 4 * threads
        for start in stride(from: first, to: first + count, by: chunk) {
            let here = min(chunk, first + count - start)
            let outcomes = Mutex([Swift.Result<Result, any Error>?](repeating: nil, count: here))
            DispatchQueue.concurrentPerform(iterations: here) { index in
                let outcome = Swift.Result { try make(start + index) }
                outcomes.withLock { $0[index] = outcome }
            }
            for case let outcome? in outcomes.withLock({ $0 }) { results.append(try outcome.get()) }
            if start > first, start % (25 * chunk) < chunk { say("\(results.count) of \(count) scenes") }
        }
        return results
    }
}

import Domain
import Foundation
import Raster
import Testing

@testable import Synthesis

@Suite struct SceneTests {
    private func recipe(_ kind: SceneKind, _ source: SourceKind = .mogi, fringes: ClosedRange<Double> = 3...6) -> SceneRecipe {
        SceneRecipe(kinds: [kind: 1], sources: [source: 1], fringes: fringes)
    }

    @Test func `the same seed and number give the same scene, bit for bit, others another`() {
        let a = SceneGenerator(side: 400, seed: 5).scene(3), b = SceneGenerator(side: 400, seed: 5).scene(3)
        #expect(a.phase.map(\.bitPattern) == b.phase.map(\.bitPattern))
        let other = SceneGenerator(side: 400, seed: 5).scene(4), seed = SceneGenerator(side: 400, seed: 6).scene(3)
        #expect(a.phase.map(\.bitPattern) != other.phase.map(\.bitPattern))
        #expect(a.phase.map(\.bitPattern) != seed.phase.map(\.bitPattern))
    }

    @Test(arguments: SourceKind.allCases) func `a source shows as many fringes on land as the recipe asks for`(_ source: SourceKind) throws {
        let generator = SceneGenerator(recipe: recipe(.deformation, source, fringes: 4...4), side: 400, seed: 2)
        for index in 0..<3 {
            let scene = generator.scene(index)
            let drawn = try #require(scene.source)
            #expect(drawn.kind == source)
            #expect(abs(drawn.fringes - 4) < 1e-9)
            let range = (scene.deformationPhase.max() ?? 0) - (scene.deformationPhase.min() ?? 0)
            // Over the sea it may go on.
            #expect(range / (2 * .pi) > 3.99 && range / (2 * .pi) < 60)
        }
    }

    @Test func `naturally an earthquake has more fringes than other sources drawn from the same range`() {
        func mean(_ source: SourceKind, _ odds: SceneOdds) -> Double {
            let recipe = SceneRecipe(kinds: [.deformation: 1], sources: [source: 1], fringes: 1...16, odds: odds)
            let generator = SceneGenerator(recipe: recipe, side: 220, seed: 6)
            return (0..<40).map { log2(generator.scene($0).source?.fringes ?? 0) }.reduce(0, +) / 40
        }
        // Of one draw 2, of the larger of two 2.67, with deviations of 0.18 and 0.15.
        #expect((1.5...2.4).contains(mean(.mogi, .natural)) && (1.5...2.4).contains(mean(.earthquake, .even)))
        #expect((2.4...3.1).contains(mean(.earthquake, .natural)))
    }

    @Test func `naturally deep sources are drawn less often than shallow ones`() {
        func depths(_ odds: SceneOdds) -> [Double] {
            var random = SeededGenerator(seed: 8, purpose: "depths", index: 0)
            return (0..<4000).map { _ in SceneDeformation.depth(900...9000, odds, using: &random) }.sorted()
        }
        let (natural, even) = (depths(.natural), depths(.even))
        for all in [natural, even] { #expect(all[0] >= 900 && all[3999] <= 9000) }
        // (0.5 / sqrt(900) + 0.5 / sqrt(9000))^-2, and the same with 0.1 and 0.9; sqrt(900 * 9000).
        #expect(abs(natural[2000] - 2078) < 120 && abs(natural[3600] - 6052) < 300 && abs(even[2000] - 2846) < 170)
    }

    @Test func `naturally layered air delays by centimetres for each kilometre of elevation`() {
        var random = SeededGenerator(seed: 8, purpose: "delays", index: 0)
        for (kind, range, median) in [(SceneKind.stratified, 2e-5...14e-5, 5.3e-5), (.turbulent, 0...12e-5, 0.84e-5)] {
            let delays = (0..<4000).map { _ in SceneAtmosphere.delay(kind, using: &random) }.sorted()
            #expect(range.contains(delays[0]) && range.contains(delays[3999]))
            #expect(abs(delays[2000] / median - 1) < 0.1)
        }
    }

    @Test func `the share of deformation is chosen, and the other kinds keep theirs among themselves`() {
        for share in [0, 0.003, 0.1, 1] {
            let kinds = SceneRecipe().sharing(deformation: share).kinds
            #expect(kinds[.deformation] == share && abs(kinds.values.reduce(0, +) - 1) < 1e-12)
            #expect(abs((kinds[.stratified] ?? 0) - (1 - share) * 0.55) < 1e-12 && abs((kinds[.ramp] ?? 0) - (1 - share) * 0.075) < 1e-12)
        }
        let recipe = SceneRecipe().sharing(deformation: 0.1)
        var random = SeededGenerator(seed: 4, purpose: "kinds", index: 0)
        let found = (0..<2000).count { _ in random.pick(recipe.kinds) == .deformation }
        #expect((150...250).contains(found), "200 expected, with a deviation of 13")
    }

    @Test(arguments: [SceneKind.stratified, .turbulent, .ramp, .incoherent]) func `nuisances move no ground`(_ kind: SceneKind) {
        let scene = SceneGenerator(recipe: recipe(kind), side: 400, seed: 3).scene(0)
        #expect(scene.kind == kind)
        #expect(scene.source == nil)
        #expect(scene.motion.allSatisfy { $0 == 0 })
        #expect(scene.phase.contains { !$0.isNaN })
    }

    @Test func `phase is wrapped or missing, coherence between 0 and 1, and what is visible has data`() {
        for index in 0..<4 {
            let scene = SceneGenerator(side: 400, seed: 9).scene(index)
            #expect(scene.phase.allSatisfy { $0.isNaN || abs($0) <= .pi })
            #expect(scene.coherence.allSatisfy { (0...1).contains($0) })
            #expect(zip(scene.visible, scene.phase).allSatisfy { !$0 || !$1.isNaN })
        }
    }

    @Test func `where coherence is high the phase is that of ground and air`() {
        var recipe = recipe(.deformation)
        recipe.realTerrain = 0
        for index in 0..<4 {
            let scene = SceneGenerator(recipe: recipe, side: 400, seed: 4).scene(index)
            let sum = scene.phase.indices.filter { scene.visible[$0] && scene.coherence[$0] > 0.5 }.map { i in
                // One constant is free: it falls out of the length of the mean.
                Double(scene.phase[i] - scene.deformationPhase[i] - scene.nuisancePhase[i])
            }
            guard sum.count > 2000 else { continue }
            let length = hypot(sum.reduce(0) { $0 + cos($1) }, sum.reduce(0) { $0 + sin($1) }) / Double(sum.count)
            #expect(length > 0.9)
        }
    }

    @Test func `labels follow the rule`() {
        let strong = SceneGenerator(recipe: recipe(.deformation, fringes: 8...8), seed: 7)
        let positives = (0..<24).flatMap { strong.patches(ofScene: $0) }.filter(\.hasDeformation)
        #expect(positives.count > 5)
        #expect(positives.allSatisfy { $0.fringes >= 1 && $0.signalToNoise >= 0.7 && $0.showing == "mogi" })
        let weak = SceneGenerator(recipe: recipe(.deformation, fringes: 0.1...0.2), seed: 7)
        let negatives = (0..<4).flatMap { weak.patches(ofScene: $0) }
        #expect(!negatives.isEmpty)
        #expect(negatives.allSatisfy { !$0.hasDeformation && $0.fringes < 0.25 && $0.showing == "beside-deformation" })
        let between = SceneGenerator(recipe: recipe(.deformation, fringes: 0.6...0.8), seed: 7)
        #expect((0..<4).flatMap { between.patches(ofScene: $0) }.allSatisfy { !$0.hasDeformation })
    }

    @Test func `agreement is the mean cosine over the pixels with data round each pixel`() {
        let side = 40
        var generator = SeededGenerator(seed: 3)
        let truth = (0..<side * side).map { _ in Float(generator.uniform(-20...20)) }
        var seen = truth.map { Float(wrapped(Double($0) + generator.normal())) }
        for i in seen.indices where generator.chance(0.2) { seen[i] = .nan }
        for y in 0..<side { for x in 0..<20 where y < 20 { seen[y * side + x] = .nan } }
        let agreement = PhaseAgreement(of: seen, with: truth, side: side).values
        #expect(agreement.allSatisfy { $0.isFinite })
        var worst = 0.0
        for y in 0..<side {
            for x in 0..<side {
                var (sum, count) = (0.0, 0)
                for v in max(0, y - 7)...min(side - 1, y + 7) {
                    for u in max(0, x - 7)...min(side - 1, x + 7) where !seen[v * side + u].isNaN {
                        sum += Double(cos(seen[v * side + u] - truth[v * side + u]))
                        count += 1
                    }
                }
                worst = max(worst, abs(Double(agreement[y * side + x]) - sum / Double(max(count, 1))))
            }
        }
        #expect(worst < 1e-4)
    }

    @Test func `a filter's threads of noise are no fringes to be observed, and noisy fringes are`() {
        let side = 128
        let fringes = (0..<side * side).map { Float($0 % side) * 0.3 }
        func observed(coherence: Float) -> Int {
            var generator = SeededGenerator(seed: 5)
            var (re, im) = (fringes.map { coherence * cos($0) }, fringes.map { coherence * sin($0) })
            for i in re.indices {
                let (a, b) = generator.normalPair()
                (re[i], im[i]) = (re[i] + 0.3 * a, im[i] + 0.3 * b)
            }
            GoldsteinFilter(exponent: 0.9).apply(real: &re, imaginary: &im, side: side)
            return PhaseAgreement(of: re.indices.map { atan2(im[$0], re[$0]) }, with: fringes, side: side).values.count { $0 > PhaseAgreement.least }
        }
        #expect(observed(coherence: 0) < side * side / 20)
        #expect(observed(coherence: 0.3) > side * side * 19 / 20)
    }

    @Test func `what is observed changes labels and no phase`() {
        var recipe = recipe(.deformation)
        let expected = SceneGenerator(recipe: recipe, side: 400, seed: 9)
        recipe.visibility = .observed
        let observed = SceneGenerator(recipe: recipe, side: 400, seed: 9)
        var differences = 0
        for index in 0..<4 {
            let (a, b) = (expected.scene(index), observed.scene(index))
            #expect(a.phase.map(\.bitPattern) == b.phase.map(\.bitPattern))
            #expect(zip(b.visible, b.phase).allSatisfy { !$0 || !$1.isNaN })
            differences += zip(a.visible, b.visible).count { $0 != $1 }
        }
        #expect(differences > 0)
    }

    @Test func `stratified delay follows the terrain`() {
        let scene = SceneGenerator(recipe: recipe(.stratified), side: 400, seed: 12).scene(1)
        #expect(scene.visibleRange(of: scene.nuisancePhase) > .pi)
    }

    @Test func `the filter keeps a clean fringe and makes noise smoother`() {
        var generator = SeededGenerator(seed: 1)
        let side = 128
        let fringes = (0..<side * side).map { Float($0 % side) * 0.4 }
        var (re, im) = (fringes.map { cos($0) }, fringes.map { sin($0) })
        GoldsteinFilter(exponent: 0.6).apply(real: &re, imaginary: &im, side: side)
        var error = 0.0
        for i in 64 * side + 40..<64 * side + 80 {
            let difference: Float = atan2(im[i], re[i]) - fringes[i]
            error = max(error, abs(wrapped(Double(difference))))
        }
        #expect(error < 0.05)
        var (a, b) = ([Float](), [Float]())
        for phase in fringes {
            let (x, y) = generator.normalPair()
            a.append(cos(phase) + 0.8 * x)
            b.append(sin(phase) + 0.8 * y)
        }
        func misfit() -> Double {
            var sum = 0.0
            for i in fringes.indices {
                let difference: Float = atan2(b[i], a[i]) - fringes[i]
                sum += abs(wrapped(Double(difference)))
            }
            return sum / Double(fringes.count)
        }
        let before = misfit()
        GoldsteinFilter(exponent: 0.8).apply(real: &a, imaginary: &b, side: side)
        #expect(misfit() < 0.7 * before)
    }

    @Test func `a scene's fields have mean 0 and variance 1 and steeper ones are smoother`() {
        func roughness(_ slope: Double) -> Float {
            var generator = SeededGenerator(seed: 3)
            let fields = SceneFields(side: 200, slope: slope, longest: 1000, using: &generator)
            #expect(fields.first != fields.second)
            return fields.first.indices.dropFirst().reduce(0) { $0 + abs(fields.first[$1] - fields.first[$1 - 1]) } / Float(fields.first.count)
        }
        #expect(roughness(4) < 0.5 * roughness(2.5))
    }

    @Test func `a written scene can be read again, with its truth`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("scenes-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let writer = SceneWriter(SceneGenerator(recipe: recipe(.deformation), side: 400, seed: 8), folder: folder)
        try writer.write(12)
        let place = folder.appendingPathComponent("scene-000012")
        let record = try JSONDecoder().decode(SceneRecord.self, from: Data(contentsOf: place.appendingPathComponent("truth.json")))
        #expect(record.scene == 12 && record.seed == 8 && record.kind == .deformation)
        let source = try #require(record.source)
        #expect(source.kind == .mogi && (3...6).contains(source.fringes) && abs(source.greatestMotionMetres) > 0.02)
        let names = try FileManager.default.contentsOfDirectory(atPath: place.path).sorted()
        #expect(names == ["20200101_20200113.geo.cc.tif", "20200101_20200113.geo.diff_pha.tif", "truth.json", "truth.motion.tif"])
    }
}

@Suite struct TerrainTileTests {
    @Test(arguments: [("N40E014.hgt", 40, 14), ("S05E129.hgt.gz", -5, 129), ("S20W176.hgt.gz", -20, -176)])
    func `a tile's name is its south-west corner`(_ name: String, _ latitude: Int, _ longitude: Int) {
        #expect(TerrainTiles.corner(name) == TerrainTiles.Corner(latitude: latitude, longitude: longitude))
    }

    @Test(arguments: ["readme.txt", "N40E14.hgt", "X40E014.hgt", "N40E014.tif", "N99E014.hgt"]) func `other files are no tiles`(_ name: String) {
        #expect(TerrainTiles.corner(name) == nil)
    }

    /// A tile that rises by one metre a row to the south and three a column to the east.
    private func tile() -> Data {
        var bytes: [UInt8] = []
        for i in 0..<1201 * 1201 {
            let metres = i / 1201 + 3 * (i % 1201)
            bytes += [UInt8(metres >> 8), UInt8(metres & 255)]
        }
        return Data(bytes)
    }

    private func folder(_ files: [String: Data]) throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tiles-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, data) in files { try data.write(to: folder.appendingPathComponent(name)) }
        return folder
    }

    @Test func `elevation is read where it lies`() throws {
        let place = try folder(["S05E129.hgt": tile()])
        defer { try? FileManager.default.removeItem(at: place) }
        let tiles = try TerrainTiles(folder: place)
        // 0.25 degrees south of the tile's northern edge at 4 S, half a degree east of 129 E.
        let metres = try #require(tiles.elevation(latitude: -4.25, longitude: 129.5))
        #expect(abs(metres - (300 + 1800)) < 0.01)
        #expect(tiles.elevation(latitude: -3.5, longitude: 129.5) == nil)
        #expect(tiles.elevation(latitude: 89.9, longitude: 179.9) == nil)
    }

    @Test func `a folder without tiles and a truncated tile are refused`() throws {
        let empty = try folder([:]), short = try folder(["N40E014.hgt": Data(count: 1000)])
        defer {
            try? FileManager.default.removeItem(at: empty)
            try? FileManager.default.removeItem(at: short)
        }
        #expect(throws: TerrainError.noTiles(empty.path)) { try TerrainTiles(folder: empty) }
        #expect { try TerrainTiles(folder: short) } throws: { "\($0)".contains("1000 bytes") }
        #expect(throws: TerrainError.self) { try TerrainTiles(folder: empty.appendingPathComponent("missing")) }
    }
}

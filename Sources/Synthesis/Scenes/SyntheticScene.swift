#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One synthetic interferogram of a training set with everything that is true of it. All grids are `side * side`, row-major, north up.
public struct SyntheticScene: Sendable {
    public let side: Int
    public let kind: SceneKind
    /// Nil without deformation.
    public let source: Source?
    /// Wrapped phase, radians, -pi to pi; NaN is no data.
    public let phase: [Float]
    /// 0 to 1, as it truly is.
    public let coherence: [Float]
    /// Phase of the deformation alone, radians, not wrapped.
    public let deformationPhase: [Float]
    /// Phase of everything else but the noise, radians, not wrapped.
    public let nuisancePhase: [Float]
    /// Pixels whose fringes can be seen: with data, not aliased, and coherent or in agreement with the truth, as the recipe has it.
    public let visible: [Bool]
    public let terrain: String
    let summit: (x: Double, y: Double)

    public struct Source: Sendable {
        public let kind: SourceKind
        /// Column and row of the point above the source.
        public let x: Double
        public let y: Double
        /// In words, with depth and sizes.
        public let summary: String
        /// From the lowest to the highest motion on land.
        public let fringes: Double
    }

    /// Metres towards the satellite.
    public var motion: [Float] { deformationPhase.map { Float(LineOfSight.motion(phase: Double($0))) } }
}

/// Draws scenes: everything follows from the recipe, the seed and the scene's number.
public struct SceneGenerator: Sendable {
    public let recipe: SceneRecipe
    public let seed: UInt64
    /// Pixels of each scene's sides: 500 and a margin, so that patches can be turned and shifted.
    public let side: Int
    private let tiles: TerrainTiles?

    public init(recipe: SceneRecipe = SceneRecipe(), tiles: TerrainTiles? = nil, side: Int = 600, seed: UInt64) {
        self.recipe = recipe
        self.tiles = tiles
        self.side = side
        self.seed = seed
    }

    public func scene(_ index: Int) -> SyntheticScene {
        var generator = SeededGenerator(seed: seed, purpose: "scene", index: index)
        let kind = generator.pick(recipe.kinds) ?? .turbulent
        // 0.001 degree in latitude; longitude shrinks, which the drawn sizes cover.
        let metresPerPixel = 111.0
        let real = tiles != nil && generator.chance(recipe.realTerrain)
        let terrain =
            if real, let tiles { tiles.scene(side: side, metresPerPixel: metresPerPixel, using: &generator) } else {
                SceneTerrain.invented(side: side, metresPerPixel: metresPerPixel, using: &generator)
            }
        let air = SceneAtmosphere(kind: kind, odds: recipe.odds, terrain: terrain, using: &generator)
        var surface = SceneSurface(kind: kind, terrain: terrain, using: &generator)
        let (source, deformation) = kind == .deformation ? deform(terrain, metresPerPixel, using: &generator) : (nil, nil)

        let offset = Float(generator.uniform(0...(2 * .pi)))
        var phase = air.phase
        for i in phase.indices { phase[i] += offset + (deformation?[i] ?? 0) }
        let aliased = Self.decorrelate(&surface.coherence, byFringesOf: phase, side: side)
        let texture = PhaseTexture(using: &generator)
        var wrapped = texture.wrap(phase, coherence: surface.coherence, side: side, using: &generator)
        for i in wrapped.indices where !surface.valid[i] { wrapped[i] = .nan }
        var visible = [Bool](repeating: false, count: wrapped.count)
        switch recipe.visibility {
        case .expected:
            let least: Float = texture.strong ? 0.1 : Float(0.9 / texture.looks.squareRoot())
            for i in wrapped.indices { visible[i] = surface.valid[i] && surface.coherence[i] > least && !aliased[i] }
        case .observed:
            let agreement = PhaseAgreement(of: wrapped, with: phase, side: side)
            for i in wrapped.indices { visible[i] = surface.valid[i] && agreement.values[i] > PhaseAgreement.least && !aliased[i] }
        }
        return SyntheticScene(
            side: side, kind: kind, source: source, phase: wrapped, coherence: surface.coherence,
            deformationPhase: deformation ?? Array(repeating: 0, count: side * side), nuisancePhase: air.phase, visible: visible,
            terrain: real ? "real" : "invented", summit: terrain.summit)
    }

    /// A source near the summit, or anywhere on land, as strong as the fringes drawn for it.
    private func deform(
        _ terrain: SceneTerrain, _ metresPerPixel: Double, using generator: inout SeededGenerator
    ) -> (SyntheticScene.Source?, [Float]?) {
        guard let kind = generator.pick(recipe.sources) else { return (nil, nil) }
        var place = terrain.summit
        for _ in 0..<20 {
            place =
                generator.chance(0.65)
                ? (terrain.summit.x + generator.normal() * 28, terrain.summit.y + generator.normal() * 28)
                : (generator.uniform(0.2...0.8) * Double(side), generator.uniform(0.2...0.8) * Double(side))
            place = (min(max(place.x, 100), Double(side) - 100), min(max(place.y, 100), Double(side) - 100))
            if Self.landShare(terrain, x: Int(place.x), y: Int(place.y)) > 0.35 { break }
        }
        let lineOfSight = LineOfSight(
            incidence: generator.uniform(29...46), heading: (generator.chance(0.5) ? -12 : -168) + generator.uniform(-4...4))
        let drawn = SceneDeformation(
            kind: kind, odds: recipe.odds, place: place, side: side, metresPerPixel: metresPerPixel, lineOfSight: lineOfSight, using: &generator)
        var fringes = generator.logUniform(recipe.fringes)
        // An earthquake that is seen at all has moved the ground by decimetres.
        if kind == .earthquake, recipe.odds == .natural { fringes = max(fringes, generator.logUniform(recipe.fringes)) }
        var (low, high) = (Float(0), Float(0))
        for i in drawn.motion.indices where !terrain.sea[i] {
            low = min(low, drawn.motion[i])
            high = max(high, drawn.motion[i])
        }
        // Most volcanoes swell; towards the satellite is a negative phase.
        let sign: Float = generator.chance(0.7) ? -1 : 1
        let scale = sign * Float(2 * .pi * fringes) / max(high - low, 0.05)
        return (
            SyntheticScene.Source(kind: kind, x: place.x, y: place.y, summary: drawn.summary, fringes: fringes), drawn.motion.map { $0 * scale }
        )
    }

    private static func landShare(_ terrain: SceneTerrain, x: Int, y: Int) -> Double {
        let side = terrain.side
        var land = 0, all = 0
        for v in stride(from: max(0, y - 30), to: min(side, y + 30), by: 5) {
            for u in stride(from: max(0, x - 30), to: min(side, x + 30), by: 5) {
                all += 1
                if !terrain.sea[v * side + u] { land += 1 }
            }
        }
        return all == 0 ? 0 : Double(land) / Double(all)
    }

    /// A pixel whose phase changes within it loses coherence: the mean of a phasor over a pixel is a sinc. True where fringes cannot be
    /// followed any more.
    private static func decorrelate(_ coherence: inout [Float], byFringesOf phase: [Float], side: Int) -> [Bool] {
        func sinc(_ change: Float) -> Float {
            let half = min(abs(change), 2 * .pi) / 2
            return half < 0.2 ? 1 - half * half / 6 : sin(half) / half
        }
        var aliased = [Bool](repeating: false, count: phase.count)
        for y in 0..<side {
            for x in 0..<side {
                let i = y * side + x
                let across = phase[x + 1 < side ? i + 1 : i - 1] - phase[i]
                let down = phase[y + 1 < side ? i + side : i - side] - phase[i]
                coherence[i] *= abs(sinc(across) * sinc(down))
                aliased[i] = max(abs(across), abs(down)) > 2.4
            }
        }
        return aliased
    }
}

/// What the scenes of a training set are drawn from: how often each kind of scene and source appears.
///
/// The ranges of depths, strengths and textures are the generator's own: see `SceneGenerator`. Shares need not add up to 1.
public struct SceneRecipe: Codable, Hashable, Sendable {
    /// Relative shares of the kinds of scenes.
    public var kinds: [SceneKind: Double]
    /// Relative shares of the sources in scenes with deformation.
    public var sources: [SourceKind: Double]
    /// Share of the scenes that stand on real elevation, where tiles are given; 0 to 1.
    public var realTerrain: Double
    /// Fringes of deformation from its lowest to its highest value on land, drawn evenly on a logarithmic scale.
    public var fringes: ClosedRange<Double>
    /// How often depths and strengths appear.
    public var odds: SceneOdds
    /// Which of the deformation's fringes count for a patch's label.
    public var visibility: FringeVisibility

    public init(
        kinds: [SceneKind: Double] = [.deformation: 0.60, .stratified: 0.22, .turbulent: 0.08, .ramp: 0.03, .incoherent: 0.07],
        sources: [SourceKind: Double] = [.mogi: 0.26, .sill: 0.18, .pennyCrack: 0.10, .dyke: 0.28, .earthquake: 0.14, .composite: 0.04],
        realTerrain: Double = 0.5, fringes: ClosedRange<Double> = 0.8...22, odds: SceneOdds = .even,
        visibility: FringeVisibility = .expected
    ) {
        self.kinds = kinds
        self.sources = sources
        self.realTerrain = realTerrain
        self.fringes = fringes
        self.odds = odds
        self.visibility = visibility
    }

    /// The same recipe with this share of deformation among all scenes, 0 to 1; the other kinds keep their shares among themselves.
    public func sharing(deformation share: Double) -> SceneRecipe {
        let others = kinds.filter { $0.key != .deformation && $0.value > 0 }
        let sum = others.values.reduce(0, +)
        var recipe = self
        recipe.kinds = others.mapValues { $0 / sum * (1 - share) }
        recipe.kinds[.deformation] = share
        return recipe
    }
}

/// How often the depths of sources and the strengths of layered delay and earthquakes appear.
public enum SceneOdds: String, Codable, CaseIterable, Sendable {
    /// Depths, and fringes of layered delay, evenly on a logarithmic scale: every look is taught alike.
    case even
    /// As often as nature has them: shallow sources more often than deep ones, layered delay by centimetres for each kilometre, so that high
    /// cones have many rings and small ones none, and earthquakes with more fringes than other sources.
    case natural
}

/// Where fringes can be seen.
public enum FringeVisibility: String, Codable, CaseIterable, Sendable {
    /// Where the coherence lets one expect it.
    case expected
    /// Where the phase as drawn, noise and filter included, agrees with the phase behind it.
    case observed
}

/// What a scene is made to show: deformation, or one of the things that are taken for it.
public enum SceneKind: String, Codable, CodingKeyRepresentable, CaseIterable, Sendable {
    case deformation
    /// Delay that follows the elevation: rings round a summit.
    case stratified
    /// Restless air.
    case turbulent
    /// Parallel fringes of an orbit's error or the ionosphere.
    case ramp
    /// Hardly any phase left: vegetation, snow, water.
    case incoherent
}

/// What moves the ground.
public enum SourceKind: String, Codable, CodingKeyRepresentable, CaseIterable, Sendable {
    case mogi, sill, dyke, earthquake, composite
    case pennyCrack = "penny-crack"
}

extension SeededGenerator {
    mutating func uniform(_ range: ClosedRange<Double>) -> Double { range.lowerBound + (range.upperBound - range.lowerBound) * uniform() }

    /// Even on a logarithmic scale.
    mutating func logUniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound * pow(range.upperBound / range.lowerBound, uniform())
    }

    mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

    /// One of the keys, each as often as its share says; in the order of the names, so that a seed gives the same everywhere.
    mutating func pick<Key: Hashable & RawRepresentable>(_ shares: [Key: Double]) -> Key? where Key.RawValue == String {
        let sorted = shares.filter { $0.value > 0 }.sorted { $0.key.rawValue < $1.key.rawValue }
        var left = uniform() * sorted.reduce(0) { $0 + $1.value }
        for (key, share) in sorted {
            left -= share
            if left < 0 { return key }
        }
        return sorted.last?.key
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A square of a synthetic scene, with what a network is to say about its middle.
///
/// The label belongs to the `window` in the middle; the margin round it is for turning, stretching and shifting.
public struct ScenePatch: Sendable {
    public static let side = 320
    public static let window = 224

    /// Wrapped phase, radians, `side * side`, row-major; NaN is no data.
    public let phase: [Float]
    public let hasDeformation: Bool
    /// The scene's number: patches of one scene belong to one side of a split.
    public let scene: Int
    public let kind: SceneKind
    public let source: SourceKind?
    /// Fringes of deformation that can be seen in the window.
    public let fringes: Double
    /// Range of the deformation's phase over that of everything else, both where they can be seen in the window.
    public let signalToNoise: Double

    /// What it shows, in a word: the source of a positive, the nuisance of a negative; "beside-deformation" where a source lies outside.
    public var showing: String {
        if hasDeformation, let source { return source.rawValue }
        return kind == .deformation ? "beside-deformation" : kind.rawValue
    }
}

/// When a window counts as deformation, when as none, and when as neither.
public struct LabelRule: Codable, Hashable, Sendable {
    /// Fringes that a positive shows at least.
    public var positiveFringes = 1.0
    /// Fewer fringes are a positive from here on, where the air is so calm that the signal-to-noise ratio is `calmSignalToNoise`.
    public var calmFringes = 0.65
    public var calmSignalToNoise = 1.5
    /// Fringes that a negative shows at most.
    public var negativeFringes = 0.25
    /// The least share of the source's visible strong motion in a positive's window, unless `manyFringes` are in it.
    public var shareOfSource = 0.5
    /// The least share of the strong motion in the window that a positive's ground shows: under plants or sea there is nothing to see.
    public var visibleShare = 0.4
    /// The least share of a positive's window that shows ground at all.
    public var seenShare = 0.05
    /// So many fringes are a positive wherever the source lies.
    public var manyFringes = 4.0
    /// The deformation's range over the nuisance's range, at least.
    public var signalToNoise = 0.7

    public init() {}
}

extension SceneGenerator {
    /// The labelled patches of one scene: up to `count`, fewer where windows are neither nor.
    public func patches(ofScene index: Int, count: Int = 2, rule: LabelRule = LabelRule()) -> [ScenePatch] {
        let scene = scene(index)
        var generator = SeededGenerator(seed: seed, purpose: "patches", index: index)
        let judge = WindowJudge(scene, rule: rule)
        return (0..<count).compactMap { number in
            let (x, y) = place(number, scene, using: &generator)
            return judge.patch(left: x, top: y, index: index)
        }
    }

    /// Where a patch begins: every other one shows what the scene is about, anywhere in the window, the others any place. More of one scene
    /// would teach little: shifting and turning is the augmentation's work.
    private func place(_ number: Int, _ scene: SyntheticScene, using generator: inout SeededGenerator) -> (x: Int, y: Int) {
        let free = Double(side - ScenePatch.side)
        var (x, y) = (generator.uniform() * free, generator.uniform() * free)
        let centre = scene.source.map { ($0.x, $0.y) } ?? scene.summit
        if number % 2 == 0 {
            // Of an earthquake, often only the fringes of one side are in sight.
            let reach = (scene.source?.kind == .earthquake ? 0.75 : 0.42) * Double(ScenePatch.window)
            x = centre.0 - Double(ScenePatch.side) / 2 + generator.uniform(-reach...reach)
            y = centre.1 - Double(ScenePatch.side) / 2 + generator.uniform(-reach...reach)
        }
        return (Int(min(max(x, 0), free)), Int(min(max(y, 0), free)))
    }
}

/// Applies the rule to windows of one scene.
private struct WindowJudge {
    let scene: SyntheticScene
    let rule: LabelRule
    private let strong: Float
    private let strongCount: Int
    private static let step = 4

    init(_ scene: SyntheticScene, rule: LabelRule) {
        self.scene = scene
        self.rule = rule
        let greatest = scene.deformationPhase.reduce(Float(0)) { max($0, abs($1)) }
        strong = max(greatest / 2, 1e-6)
        let limit = strong
        strongCount = stride(from: 0, to: scene.phase.count, by: Self.step).count {
            scene.visible[$0] && abs(scene.deformationPhase[$0]) >= limit
        }
    }

    func patch(left: Int, top: Int, index: Int) -> ScenePatch? {
        let margin = (ScenePatch.side - ScenePatch.window) / 2
        var (deformation, nuisance) = ([Float](), [Float]())
        var (hot, hidden, valid) = (0, 0, 0)
        for y in stride(from: top + margin, to: top + margin + ScenePatch.window, by: 2) {
            for x in stride(from: left + margin, to: left + margin + ScenePatch.window, by: 2) {
                let i = y * scene.side + x
                if !scene.phase[i].isNaN { valid += 1 }
                let isStrong = abs(scene.deformationPhase[i]) >= strong
                guard scene.visible[i] else {
                    if isStrong { hidden += 1 }
                    continue
                }
                deformation.append(scene.deformationPhase[i])
                nuisance.append(scene.nuisancePhase[i])
                if isStrong { hot += 1 }
            }
        }
        guard valid > ScenePatch.window * ScenePatch.window / 4 / 20 else { return nil }
        let fringes = Self.range(&deformation, 0.003, 0.997)
        let signalToNoise = fringes / max(Self.range(&nuisance, 0.02, 0.98), 0.1)
        let share = Double(hot) / Double(max(strongCount, 1))
        guard let positive = verdict(fringes, signalToNoise, share: share, seen: deformation.count) else { return nil }
        if positive, Double(hot) < rule.visibleShare * Double(hot + hidden) { return nil }
        var phase = [Float]()
        phase.reserveCapacity(ScenePatch.side * ScenePatch.side)
        for y in top..<top + ScenePatch.side {
            phase += scene.phase[y * scene.side + left..<y * scene.side + left + ScenePatch.side]
        }
        return ScenePatch(
            phase: phase, hasDeformation: positive, scene: index, kind: scene.kind, source: scene.source?.kind, fringes: fringes,
            signalToNoise: signalToNoise)
    }

    /// Nil where a window is neither a clear positive nor a clear negative.
    private func verdict(_ fringes: Double, _ signalToNoise: Double, share: Double, seen: Int) -> Bool? {
        if fringes < rule.negativeFringes { return false }
        if Double(seen) < rule.seenShare * Double((ScenePatch.window / 2) * (ScenePatch.window / 2)) { return nil }
        let calm = signalToNoise >= rule.calmSignalToNoise
        guard fringes >= (calm ? rule.calmFringes : rule.positiveFringes), signalToNoise >= rule.signalToNoise else { return nil }
        return share >= rule.shareOfSource || fringes >= rule.manyFringes && signalToNoise >= 2 ? true : nil
    }

    /// Cycles between two quantiles; 0 of nothing.
    private static func range(_ values: inout [Float], _ low: Double, _ high: Double) -> Double {
        guard values.count > 60 else { return 0 }
        values.sort()
        let last = Double(values.count - 1)
        return Double(values[Int(high * last)] - values[Int(low * last)]) / (2 * .pi)
    }
}

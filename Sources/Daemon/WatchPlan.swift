import Domain
import Volcanoes

/// Which frames are polled, how often, and which watched volcanoes each may show (see ``FrameCoverage``).
struct WatchPlan: Sendable {
    struct Frame: Sendable {
        let volcanoes: [Volcano]
        /// The highest priority level of its volcanoes; 0 for none.
        let level: Int
    }

    let coverage: FrameCoverage
    private(set) var frames: [FrameID: Frame] = [:]
    private let candidates: Set<FrameID>
    private let levels: [VolcanoNumber: Int]

    var volcanoes: [Volcano] { coverage.volcanoes }

    /// Takes some milliseconds for all volcanoes of the world.
    /// - Parameters:
    ///   - discovered: frames that a local catalogue holds.
    ///   - polygons: the outlines known so far.
    ///   - levels: of the volcanoes on the priority list, greater than 0.
    init(coverage: FrameCoverage, discovered: Set<FrameID>, polygons: [FrameID: FramePolygon], levels: [VolcanoNumber: Int]) {
        self.coverage = coverage
        self.levels = levels
        candidates = coverage.candidates(discovered: discovered)
        for frame in candidates { setOutline(polygons[frame], of: frame) }
    }

    /// Takes over one frame's outline, which may take volcanoes from the frame, or the frame from the plan.
    mutating func setOutline(_ outline: FramePolygon?, of frame: FrameID) {
        guard candidates.contains(frame) else { return }
        let covered = coverage.volcanoes(in: frame, outline: outline)
        frames[frame] = covered.isEmpty ? nil : Frame(volcanoes: covered, level: covered.compactMap { levels[$0.number] }.max() ?? 0)
    }

    /// The frames that go before others, with their levels.
    var priorities: [FrameID: Int] { frames.compactMapValues { $0.level > 0 ? $0.level : nil } }
}

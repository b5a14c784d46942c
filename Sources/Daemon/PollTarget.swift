import Catalogue
import Configuration
import Domain

/// One frame in one catalogue.
struct PollTarget: Hashable, Comparable, Sendable {
    let frame: FrameID
    let catalogue: String

    static func < (a: Self, b: Self) -> Bool { (a.frame, a.catalogue) < (b.frame, b.catalogue) }
}

extension PollingSettings {
    /// How often a drop folder is looked at: it costs a few system calls, and who puts a file there expects an answer.
    static let dropFolder = Duration.seconds(5)

    /// What is to be polled how often. A frame counts once, however many volcanoes it covers.
    func wishes(for plan: WatchPlan, in catalogues: [CatalogueSettings]) -> [PollTarget: PollSchedule<PollTarget>.Wish] {
        var wishes: [PollTarget: PollSchedule<PollTarget>.Wish] = [:]
        for (frame, entry) in plan.frames {
            let interval = entry.level > 0 ? priority : others
            for catalogue in catalogues {
                wishes[PollTarget(frame: frame, catalogue: catalogue.name)] = PollSchedule.Wish(
                    interval: catalogue.source.isLocal ? min(interval, Self.dropFolder) : interval, level: entry.level)
            }
        }
        return wishes
    }
}

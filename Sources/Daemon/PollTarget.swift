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
    /// - Parameter held: the frames in each local catalogue: its others are not looked for there.
    func wishes(
        for frames: [FrameID: WatchPlan.Frame], in catalogues: [CatalogueSettings], held: [String: Set<FrameID>]
    ) -> [PollTarget: PollSchedule<PollTarget>.Wish] {
        var wishes: [PollTarget: PollSchedule<PollTarget>.Wish] = [:]
        for (frame, entry) in frames {
            let interval = entry.level > 0 ? priority : others
            for catalogue in catalogues where !catalogue.source.isLocal || held[catalogue.name]?.contains(frame) == true {
                wishes[PollTarget(frame: frame, catalogue: catalogue.name)] = PollSchedule.Wish(
                    interval: catalogue.source.isLocal ? min(interval, Self.dropFolder) : interval, level: entry.level)
            }
        }
        return wishes
    }
}

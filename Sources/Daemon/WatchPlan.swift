import Domain
import Volcanoes

/// Which frames are polled, how often, and which watched volcanoes each may show.
///
/// A frame's polygon decides. Until it is known, a frame counts for every watched volcano near its centre; a frame whose centre is not in the
/// built-in list (a new one, or a folder that somebody filled) counts for all, and its raster decides.
struct WatchPlan: Sendable {
    struct Frame: Sendable {
        let volcanoes: [Volcano]
        /// The highest priority level of its volcanoes; 0 for none.
        let level: Int
    }

    let volcanoes: [Volcano]
    let frames: [FrameID: Frame]

    /// - Parameters:
    ///   - discovered: frames that a local catalogue holds.
    ///   - polygons: the outlines known so far.
    ///   - levels: of the volcanoes on the priority list, greater than 0.
    init(
        watch: WatchList, list: FrameList, discovered: [FrameID], polygons: [FrameID: FramePolygon], levels: [VolcanoNumber: Int]
    ) {
        volcanoes = watch.volcanoes
        var near: [FrameID: Set<VolcanoNumber>] = [:]
        for volcano in watch.volcanoes {
            for frame in list.candidates(for: volcano) { near[frame, default: []].insert(volcano.number) }
        }
        var frames: [FrameID: Frame] = [:]
        for frame in Set(watch.candidates(in: list)).union(watch.admits(discovered)) {
            let covered = watch.volcanoes.filter { volcano in
                if let polygon = polygons[frame] { return polygon.contains(volcano.summit) }
                return list.centres[frame] == nil || near[frame]?.contains(volcano.number) == true
            }
            guard !covered.isEmpty else { continue }
            frames[frame] = Frame(volcanoes: covered, level: covered.compactMap { levels[$0.number] }.max() ?? 0)
        }
        self.frames = frames
    }
}

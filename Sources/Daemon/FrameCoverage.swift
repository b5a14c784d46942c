import Domain
import Volcanoes

/// Which watched volcanoes a frame may show.
///
/// A frame's polygon decides. Until it is known, a frame counts for every watched volcano near its centre; a frame whose centre is not in the
/// built-in list (a new one, or a folder that somebody filled) counts for all, and its raster decides.
struct FrameCoverage: Sendable {
    /// By number.
    let volcanoes: [Volcano]
    private let watch: WatchList
    private let list: FrameList
    private let near: [FrameID: [Volcano]]
    /// From south to north: most volcanoes lie far north or south of a frame, and telling so is cheap.
    private let byLatitude: [Volcano]

    init(_ watch: WatchList, list: FrameList) {
        self.watch = watch
        self.list = list
        volcanoes = watch.volcanoes
        byLatitude = watch.volcanoes.sorted { $0.summit.latitude < $1.summit.latitude }
        var near: [FrameID: [Volcano]] = [:]
        for volcano in watch.volcanoes {
            for frame in list.candidates(for: volcano) { near[frame, default: []].append(volcano) }
        }
        self.near = near
    }

    /// The frames that may show a watched volcano: those of the list, and of others those that the selection admits.
    func candidates(discovered: Set<FrameID>) -> Set<FrameID> {
        Set(watch.candidates(in: list)).union(watch.admits(Array(discovered)))
    }

    /// The watched volcanoes that a frame may show, by number; none for a frame that the selection shuts out.
    func volcanoes(in frame: FrameID, outline: FramePolygon?) -> [Volcano] {
        guard !watch.admits([frame]).isEmpty else { return [] }
        if let outline { return volcanoes(inside: outline) }
        return list.centres[frame] == nil ? volcanoes : near[frame] ?? []
    }

    private func volcanoes(inside outline: FramePolygon) -> [Volcano] {
        let latitudes = outline.points.map(\.latitude)
        guard let south = latitudes.min(), let north = latitudes.max() else { return [] }
        return byLatitude[firstIndex(from: south)...].prefix { $0.summit.latitude <= north }
            .filter { outline.contains($0.summit) }.sorted { $0.number < $1.number }
    }

    /// The first of `byLatitude` that does not lie south of a latitude.
    private func firstIndex(from south: Double) -> Int {
        var (low, high) = (0, byLatitude.count)
        while low < high {
            let middle = (low + high) / 2
            if byLatitude[middle].summit.latitude < south { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

public import Domain

/// Which volcanoes an installation watches, as its configuration says; names are already resolved.
public struct WatchSelection: Hashable, Sendable {
    /// Every volcano of the list.
    public var all: Bool
    public var volcanoes: [VolcanoNumber]
    public var countries: [String]
    public var regions: [String]
    public var boxes: [GeoBox]
    /// Taken away from all of the above.
    public var exclude: [VolcanoNumber]
    /// Only these frames are polled; empty means every frame that covers a watched volcano.
    public var frames: [FrameID]

    public init(
        all: Bool = false, volcanoes: [VolcanoNumber] = [], countries: [String] = [], regions: [String] = [], boxes: [GeoBox] = [],
        exclude: [VolcanoNumber] = [], frames: [FrameID] = []
    ) {
        self.all = all
        self.volcanoes = volcanoes
        self.countries = countries
        self.regions = regions
        self.boxes = boxes
        self.exclude = exclude
        self.frames = frames
    }

    /// Whether nothing at all is asked for.
    public var isEmpty: Bool { !all && volcanoes.isEmpty && countries.isEmpty && regions.isEmpty && boxes.isEmpty }

    /// The volcanoes selected, by number, each once.
    public func volcanoes(from list: VolcanoList) -> [Volcano] {
        var chosen: Set<VolcanoNumber> = all ? Set(list.volcanoes.map(\.number)) : Set(volcanoes)
        for country in countries { chosen.formUnion(list.inCountry(country).map(\.number)) }
        for region in regions { chosen.formUnion(list.inRegion(region).map(\.number)) }
        for box in boxes { chosen.formUnion(list.inBox(box).map(\.number)) }
        chosen.subtract(exclude)
        return chosen.sorted().compactMap { list[$0] }
    }
}

/// The watched volcanoes and the frames that show them.
public struct WatchList: Sendable {
    public let volcanoes: [Volcano]
    private let onlyFrames: Set<FrameID>

    /// - Parameter also: volcanoes that are watched whatever the selection says, such as those of the priority list.
    public init(_ selection: WatchSelection, from list: VolcanoList, also: [Volcano] = []) {
        var byNumber = Dictionary(selection.volcanoes(from: list).map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
        for volcano in also { byNumber[volcano.number] = volcano }
        volcanoes = byNumber.values.sorted { $0.number < $1.number }
        onlyFrames = Set(selection.frames)
    }

    /// The frames whose polygons are needed to know the coverage, each once, in order.
    public func candidates(in frames: FrameList) -> [FrameID] {
        if !onlyFrames.isEmpty { return onlyFrames.sorted() }
        return Set(volcanoes.flatMap { frames.candidates(for: $0) }).sorted()
    }

    /// Of frames found elsewhere (a local folder), those that the selection's own list of frames does not shut out.
    public func admits(_ frames: [FrameID]) -> [FrameID] { onlyFrames.isEmpty ? frames : frames.filter(onlyFrames.contains) }
}

import CNNKernels

/// Where a map keeps its channels: kernels want a multiple of 16, so that some places are filling and always 0.
struct ChannelLayout: Hashable {
    /// For each place the channel it holds, or -1 for filling.
    let channels: [Int32]

    static let unit = Int(CNN_CHANNELS)

    static func filled(_ count: Int) -> Int { (count + unit - 1) / unit * unit }

    /// Channels 0..<count in their order, then filling up to a multiple of 16; none if `compact`.
    init(count: Int, compact: Bool = false) {
        let places = compact ? count : Self.filled(count)
        channels = (0..<places).map { $0 < count ? Int32($0) : -1 }
    }

    /// Several maps' channels side by side, each with its filling, renumbered in their order.
    init(joining parts: [ChannelLayout]) {
        var joined: [Int32] = []
        var count: Int32 = 0
        for part in parts {
            joined += part.channels.map { $0 < 0 ? -1 : $0 + count }
            count += Int32(part.count)
        }
        channels = joined
    }

    var places: Int { channels.count }
    /// The channels without filling.
    var count: Int { channels.count { $0 >= 0 } }
    /// Whether channel c is at place c.
    var isPlain: Bool { channels.indices.allSatisfy { channels[$0] < 0 || channels[$0] == Int32($0) } }

    /// For each channel its place.
    var placeOfChannel: [Int32] {
        var places = [Int32](repeating: 0, count: count)
        for (place, channel) in channels.enumerated() where channel >= 0 { places[Int(channel)] = Int32(place) }
        return places
    }
}

public import Domain
public import FoundationEssentials

/// The centres of the LiCSAR frames that are known when this version is made.
///
/// A centre only tells which frames to look at: whether a frame covers a volcano is decided by its polygon, from the catalogue.
public struct FrameList: Sendable {
    public let centres: [FrameID: GeoPoint]

    public init(_ centres: [FrameID: GeoPoint]) { self.centres = centres }

    /// Reads a list with the columns frame, longitude, latitude.
    public static func load(from url: URL) throws(ListFileError) -> FrameList {
        try parse(ListFile(url, columns: columns))
    }

    static func parse(_ text: String, file: String = "frames.csv") throws(ListFileError) -> FrameList {
        try parse(ListFile(text, file: file, columns: columns))
    }

    private static func parse(_ list: ListFile) throws(ListFileError) -> FrameList {
        var centres: [FrameID: GeoPoint] = [:]
        for row in list.rows {
            guard let frame = FrameID(row.fields[0]) else { throw list.wrong(row, "\"\(row.fields[0])\" is not a frame's name") }
            guard let longitude = Double(row.fields[1]), let latitude = Double(row.fields[2]),
                let centre = GeoPoint(latitude: latitude, longitude: longitude)
            else { throw list.wrong(row, "\(row.fields[1]), \(row.fields[2]) is not a longitude and a latitude in degrees") }
            guard centres.updateValue(centre, forKey: frame) == nil else { throw list.wrong(row, "frame \(frame) is listed twice") }
        }
        return FrameList(centres)
    }

    /// The frames that may cover a place, nearest centre first.
    ///
    /// A frame is about 250 km x 250 km, so that its corners lie 180 km (1.6 degrees) from its centre. The reach of
    /// 2.6 degrees (289 km) leaves room for long frames and for centres that are not quite the middle.
    public func candidates(for place: GeoPoint, within degrees: Double = 2.6) -> [FrameID] {
        let reach = degrees * metresPerDegree
        let near = centres.compactMap { frame, centre in
            // Far to the north or south is far away: cheaper to tell than the distance.
            guard abs(centre.latitude - place.latitude) <= degrees else { return nil as (frame: FrameID, distance: Double)? }
            let distance = centre.distance(to: place)
            return distance <= reach ? (frame: frame, distance: distance) : nil
        }
        return near.sorted { ($0.distance, $0.frame) < ($1.distance, $1.frame) }.map(\.frame)
    }

    public func candidates(for volcano: Volcano) -> [FrameID] { candidates(for: volcano.summit) }

    private static let columns = ["frame", "longitude", "latitude"]
}

/// Along a great circle on a sphere of 6,371,008.8 m.
private let metresPerDegree = 6_371_008.8 * Double.pi / 180

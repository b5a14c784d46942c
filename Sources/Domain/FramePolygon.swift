/// The outline of a frame on the ground: a simple ring of corners, in order, at most 180 degrees of longitude wide.
///
/// It may cross the 180th meridian; it may not hold a pole, and no LiCSAR frame does.
public struct FramePolygon: Hashable, Codable, Sendable {
    /// The corners in order, at least three; the last one is joined to the first and does not repeat it.
    public let points: [GeoPoint]

    /// - Parameter points: the ring, closed (first corner repeated at the end) or not. Nil if fewer than three different corners remain.
    public init?(points: [GeoPoint]) {
        var ring: [GeoPoint] = []
        for point in points where ring.last != point { ring.append(point) }
        while ring.count > 1, ring.first == ring.last { ring.removeLast() }
        guard ring.count >= 3, Set(ring).count >= 3 else { return nil }
        self.points = ring
    }

    /// Reads a `{frame}-poly.txt`: one corner a line, longitude before latitude, degrees, separated by blanks or a comma.
    /// Empty lines and lines that begin with `#` are skipped.
    public init(parsing text: some StringProtocol) throws(FramePolygonError) {
        var corners: [GeoPoint] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let fields = line.split { $0 == " " || $0 == "\t" || $0 == "," }
            guard let first = fields.first, !first.hasPrefix("#") else { continue }
            guard fields.count == 2, let longitude = Double(fields[0]), let latitude = Double(fields[1]),
                let corner = GeoPoint(latitude: latitude, longitude: longitude)
            else {
                throw FramePolygonError(
                    line: index + 1, reason: "expected a longitude and a latitude in degrees, found \"\(line.prefix(60))\"")
            }
            guard corners.count < Self.mostCorners else {
                throw FramePolygonError(line: index + 1, reason: "more than \(Self.mostCorners) corners")
            }
            corners.append(corner)
        }
        guard let polygon = FramePolygon(points: corners) else {
            throw FramePolygonError(line: nil, reason: "a polygon has at least three corners, found \(corners.count) lines with one")
        }
        self = polygon
    }

    /// Whether the point lies inside (even-odd rule). Points on an edge may count either way.
    public func contains(_ point: GeoPoint) -> Bool {
        let ring = plane
        let x = shifted(point.longitude, near: ring.middle)
        return Self.contains(ring.corners, x: x, y: point.latitude)
    }

    private static let mostCorners = 1000
}

/// A polygon file that cannot be read, and where.
public struct FramePolygonError: Error, Hashable, Sendable, CustomStringConvertible {
    /// From 1; nil where the file as a whole is wrong.
    public let line: Int?
    public let reason: String

    public init(line: Int?, reason: String) {
        self.line = line
        self.reason = reason
    }

    public var description: String { (line.map { "frame polygon, line \($0): " } ?? "frame polygon: ") + reason }
}

/// A corner in the longitude-latitude plane; x may leave -180...180.
private struct Corner {
    let x: Double
    let y: Double
    init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }
}

extension FramePolygon {
    /// The ring with longitudes that never jump by 360 degrees, and the middle of its longitudes.
    private var plane: (corners: [Corner], middle: Double) {
        var corners: [Corner] = []
        for point in points {
            corners.append(Corner(shifted(point.longitude, near: corners.last?.x ?? point.longitude), point.latitude))
        }
        let xs = corners.map(\.x)
        return (corners, ((xs.min() ?? 0) + (xs.max() ?? 0)) / 2)
    }

    private static func contains(_ ring: [Corner], x: Double, y: Double) -> Bool {
        var inside = false
        var previous = ring[ring.count - 1]
        for corner in ring {
            if (corner.y > y) != (previous.y > y),
                x < (previous.x - corner.x) * (y - corner.y) / (previous.y - corner.y) + corner.x
            {
                inside.toggle()
            }
            previous = corner
        }
        return inside
    }
}

/// The same meridian, written within 180 degrees of `reference`.
private func shifted(_ longitude: Double, near reference: Double) -> Double {
    longitude + ((reference - longitude) / 360).rounded() * 360
}

import CZlib
public import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Real elevation: tiles of the Shuttle Radar Topography Mission, 3 arc seconds, public domain.
///
/// Files are named by their south-west corner, `N40E014.hgt` or `N40E014.hgt.gz`: 1201 x 1201 big-endian 16-bit metres, north to south; the
/// last row and column repeat the neighbour's first.
public struct TerrainTiles: Sendable {
    /// South-west corners.
    struct Corner: Hashable { let latitude: Int, longitude: Int }

    private static let nodes = 1200
    private let tiles: [[Int16]]
    /// In order.
    private let corners: [Corner]
    /// Which tile lies at each whole degree, row by row from 90 S 180 W; -1 is none.
    private let places: [Int16]

    /// Reads every tile in a folder; about 3 MB each.
    /// - Throws: `TerrainError` where there is none, or one is damaged.
    public init(folder: URL) throws {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder.path) } catch {
            throw TerrainError.unreadableFolder(folder.path, reason: String(describing: error))
        }
        let named = names.compactMap { name in Self.corner(name).map { (corner: $0, name: name) } }.sorted {
            ($0.corner.latitude, $0.corner.longitude, $0.name) < ($1.corner.latitude, $1.corner.longitude, $1.name)
        }
        guard !named.isEmpty else { throw TerrainError.noTiles(folder.path) }
        tiles = try named.map { try Self.read(folder.appendingPathComponent($0.name).path) }
        corners = named.map(\.corner)
        var places = [Int16](repeating: -1, count: 180 * 360)
        for (index, corner) in corners.enumerated() { places[(corner.latitude + 90) * 360 + corner.longitude + 180] = Int16(index) }
        self.places = places
    }

    /// Each tile's south-west corner and its heights in metres, in order.
    public func forEachTile(_ body: (_ corner: String, _ heights: [Int16]) -> Void) {
        for (corner, heights) in zip(corners, tiles) { body("\(corner.latitude) \(corner.longitude)", heights) }
    }

    /// "S05E129.hgt.gz" to (-5, 129).
    static func corner(_ name: String) -> Corner? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3 && parts[2] == "gz", parts[1] == "hgt", parts[0].count == 7 else { return nil }
        let text = Array(parts[0])
        guard let latitude = Int(String(text[1...2])), let longitude = Int(String(text[4...6])), "NS".contains(text[0]), "EW".contains(text[3])
        else { return nil }
        guard latitude < 90, longitude < 180 else { return nil }
        return Corner(latitude: text[0] == "N" ? latitude : -latitude, longitude: text[3] == "E" ? longitude : -longitude)
    }

    private static func read(_ path: String) throws -> [Int16] {
        // zlib reads a file that is not compressed as it is.
        guard let file = gzopen(path, "rb") else { throw TerrainError.unreadableTile(path, reason: "it cannot be opened") }
        defer { gzclose(file) }
        var bytes = [UInt8](repeating: 0, count: 2 * 1201 * 1201 + 1)
        var length = 0
        while length < bytes.count {
            let read = bytes.withUnsafeMutableBytes { gzread(file, $0.baseAddress! + length, UInt32($0.count - length)) }
            guard read >= 0 else { throw TerrainError.unreadableTile(path, reason: "its compression is damaged") }
            if read == 0 { break }
            length += Int(read)
        }
        guard length == 2 * 1201 * 1201 else {
            throw TerrainError.unreadableTile(path, reason: "it holds \(length) bytes, not 1201 x 1201 x 2")
        }
        return (0..<nodes * nodes).map { i in
            let at = 2 * (i / nodes * 1201 + i % nodes)
            return Int16(bitPattern: UInt16(bytes[at]) << 8 | UInt16(bytes[at + 1]))
        }
    }

    /// Metres; nil where no tile lies or the radar saw nothing. Bilinear.
    func elevation(latitude: Double, longitude: Double) -> Float? {
        let (row, column) = (-latitude * Double(Self.nodes), longitude * Double(Self.nodes))
        let (top, left) = (row.rounded(.down), column.rounded(.down))
        let (fy, fx) = (Float(row - top), Float(column - left))
        guard let a = node(Int(top), Int(left)), let b = node(Int(top), Int(left) + 1), let c = node(Int(top) + 1, Int(left)),
            let d = node(Int(top) + 1, Int(left) + 1)
        else { return nil }
        return (a * (1 - fx) + b * fx) * (1 - fy) + (c * (1 - fx) + d * fx) * fy
    }

    /// By global row (southward from the equator) and column.
    private func node(_ row: Int, _ column: Int) -> Float? {
        // Row 0 of a tile is the latitude above its corner by 1.
        let north = -floorDivide(row, Self.nodes), west = floorDivide(column, Self.nodes)
        let place = (north + 89) * 360 + west + 180
        guard places.indices.contains(place), places[place] >= 0 else { return nil }
        let value = tiles[Int(places[place])][(row + north * Self.nodes) * Self.nodes + column - west * Self.nodes]
        return value == .min ? nil : Float(max(value, 0))
    }

    /// A piece of the world turned, mirrored and stretched, so that few tiles give many scenes. Of a few places the one with the most relief.
    func scene(side: Int, metresPerPixel: Double, using generator: inout SeededGenerator) -> SceneTerrain {
        let degrees = metresPerPixel / 111_000 * generator.uniform(0.75...1.5)
        var best: (latitude: Double, longitude: Double, relief: Float) = (0, 0, -1)
        for _ in 0..<4 {
            let corner = corners[Int(generator.uniform() * Double(corners.count))]
            let latitude = Double(corner.latitude) + generator.uniform()
            let longitude = Double(corner.longitude) + generator.uniform()
            let heights: [Float] = (0..<144).map { (i: Int) -> Float in
                let (south, east) = (0.03 * Double(i / 12 - 6), 0.03 * Double(i % 12 - 6))
                return elevation(latitude: latitude + south, longitude: longitude + east) ?? 0
            }
            // Mostly sea teaches little.
            let relief = heights.max().map { $0 * Float(heights.count { $0 > 0 } + 20) } ?? 0
            if relief > best.relief { best = (latitude, longitude, relief) }
        }
        let turn = generator.uniform(0...(2 * .pi)), mirror = generator.chance(0.5) ? -1.0 : 1
        let (c, s) = (cos(turn) * degrees, sin(turn) * degrees)
        let lift = Float(generator.uniform(0.7...1.5))
        var metresAbove = [Float](repeating: 0, count: side * side)
        var sea = [Bool](repeating: false, count: side * side)
        let middle = Double(side) / 2
        let widen = 1 / max(0.3, cos(best.latitude * radian))
        for y in 0..<side {
            for x in 0..<side {
                let (dx, dy) = ((Double(x) - middle) * mirror, Double(y) - middle)
                let metres = self.elevation(latitude: best.latitude + dx * s + dy * c, longitude: best.longitude + (dx * c - dy * s) * widen) ?? 0
                metresAbove[y * side + x] = metres * lift
                sea[y * side + x] = metres <= 0.5
            }
        }
        return SceneTerrain(side: side, elevation: metresAbove, sea: sea)
    }
}

private func floorDivide(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : -((-a + b - 1) / b) }

/// Why elevation cannot be had.
public enum TerrainError: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadableFolder(String, reason: String)
    case noTiles(String)
    case unreadableTile(String, reason: String)

    public var description: String {
        switch self {
        case .unreadableFolder(let path, let reason): "the folder of elevation tiles \(path) cannot be read: \(reason)"
        case .noTiles(let path):
            "\(path) holds no elevation tiles: put SRTM 3-arc-second tiles there, named like N40E014.hgt or N40E014.hgt.gz"
        case .unreadableTile(let path, let reason): "the elevation tile \(path) cannot be used: \(reason); fetch it again"
        }
    }
}

public import Domain

/// Where a grid lies: EPSG:4326, north up, rows from north to south, columns from west to east.
public struct GridGeometry: Hashable, Sendable {
    public let width: Int
    public let height: Int
    /// Longitude of the outer west edge (not of a pixel's centre), degrees.
    public let west: Double
    /// Latitude of the outer north edge, degrees.
    public let north: Double
    /// Degrees, positive.
    public let pixelWidth: Double
    /// Degrees, positive.
    public let pixelHeight: Double

    public init(width: Int, height: Int, west: Double, north: Double, pixelWidth: Double, pixelHeight: Double) {
        self.width = width
        self.height = height
        self.west = west
        self.north = north
        self.pixelWidth = pixelWidth
        self.pixelHeight = pixelHeight
    }

    /// Longitude of a (fractional) column; 0 is the outer west edge, 0.5 the centre of the first pixel. Over 180 east of the 180th
    /// meridian in a grid that crosses it; `point` gives the usual longitude.
    public func longitude(x: Double) -> Double { west + x * pixelWidth }

    /// Latitude of a (fractional) row; 0 is the outer north edge, 0.5 the centre of the first pixel.
    public func latitude(y: Double) -> Double { north - y * pixelHeight }

    /// The (fractional) column of a longitude, taken round the Earth to where it is nearest to the grid's middle.
    public func column(longitude: Double) -> Double {
        let middle = west + Double(width) * pixelWidth / 2
        return (longitude - 360 * ((longitude - middle) / 360).rounded() - west) / pixelWidth
    }

    public func row(latitude: Double) -> Double { (north - latitude) / pixelHeight }

    /// The place of a (fractional) column and row; nil beyond a pole.
    public func point(x: Double, y: Double) -> GeoPoint? {
        GeoPoint(latitude: latitude(y: y), longitude: normalisedLongitude(longitude(x: x)))
    }
}

/// A georeferenced grid of values, row-major, (height, width). NaN is "no data", whatever the file used for it.
public struct RasterGrid: Sendable {
    public let geometry: GridGeometry
    /// `geometry.height * geometry.width` values.
    public var values: [Float]

    public init(geometry: GridGeometry, values: [Float]) {
        precondition(values.count == geometry.width * geometry.height, "a grid has width x height values")
        self.geometry = geometry
        self.values = values
    }

    /// All NaN.
    public init(withoutData geometry: GridGeometry) {
        self.init(geometry: geometry, values: Array(repeating: .nan, count: geometry.width * geometry.height))
    }

    public var width: Int { geometry.width }
    public var height: Int { geometry.height }

    public subscript(y: Int, x: Int) -> Float {
        get { values[y * geometry.width + x] }
        set { values[y * geometry.width + x] = newValue }
    }
}

/// Size and place, for logs and failing tests: never the values themselves.
extension RasterGrid: CustomStringConvertible {
    public var description: String {
        "\(height) x \(width) values, north-west corner \(geometry.north) N \(geometry.west) E"
    }
}

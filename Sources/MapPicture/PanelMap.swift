import Domain
import Raster

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where a panel lies on the sheet and what part of the Earth it shows.
struct PanelMap {
    let box: Rectangle
    let geometry: GridGeometry

    var pixelsPerDegreeEast: Double { box.width / (Double(geometry.width) * geometry.pixelWidth) }
    var pixelsPerDegreeNorth: Double { box.height / (Double(geometry.height) * geometry.pixelHeight) }

    func x(longitude: Double) -> Double {
        // A grid that crosses the 180th meridian counts on beyond it; a place beyond it must count the same way.
        let middle = geometry.longitude(x: Double(geometry.width) / 2)
        let near = longitude - 360 * ((longitude - middle) / 360).rounded()
        return box.x + (near - geometry.west) * pixelsPerDegreeEast
    }

    func y(latitude: Double) -> Double { box.y + (geometry.north - latitude) * pixelsPerDegreeNorth }

    func spot(_ place: GeoPoint) -> Spot { Spot(x: x(longitude: place.longitude), y: y(latitude: place.latitude)) }

    /// A place of another grid, in that grid's pixels.
    func spot(_ point: ContourLines.Point, in other: GridGeometry) -> Spot {
        Spot(x: x(longitude: other.longitude(x: point.x)), y: y(latitude: other.latitude(y: point.y)))
    }

    /// Kilometres per panel pixel, west to east, in the panel's middle latitude.
    var kilometresPerPixel: Double {
        let latitude = min(abs(geometry.latitude(y: Double(geometry.height) / 2)), 89.9)
        return kilometresPerDegree * cos(latitude * .pi / 180) / pixelsPerDegreeEast
    }

    /// Width over height that shows the ground undistorted, held between a third and three: a very flat or thin map would be unreadable.
    static func aspect(of geometry: GridGeometry) -> Double {
        let latitude = min(abs(geometry.latitude(y: Double(geometry.height) / 2)), 89.9)
        let east = Double(geometry.width) * geometry.pixelWidth * cos(latitude * .pi / 180)
        return min(max(east / (Double(geometry.height) * geometry.pixelHeight), 1.0 / 3), 3)
    }

    /// Places for the ticks of an axis: multiples of a round step, at most `most` of them.
    static func ticks(from low: Double, to high: Double, most: Int) -> (places: [Double], decimals: Int) {
        let steps: [(step: Double, decimals: Int)] = [
            (0.001, 3), (0.002, 3), (0.005, 3), (0.01, 2), (0.02, 2), (0.05, 2), (0.1, 1), (0.2, 1), (0.5, 1), (1, 0), (2, 0), (5, 0), (10, 0),
            (20, 0), (45, 0),
        ]
        for (step, decimals) in steps {
            let first = (low / step - 1e-6).rounded(.up), last = (high / step + 1e-6).rounded(.down)
            guard last - first < Double(most) else { continue }
            return (stride(from: first, through: last, by: 1).map { $0 * step }, decimals)
        }
        return ([], 0)
    }

    /// The longest round length that takes at most `share` of the panel's width.
    func scaleBar(share: Double) -> (kilometres: Double, pixels: Double)? {
        let most = box.width * share * kilometresPerPixel
        let lengths = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
        guard let length = lengths.last(where: { $0 <= most }) else { return nil }
        return (length, length / kilometresPerPixel)
    }
}

/// On a sphere of 6,371.0088 km.
private let kilometresPerDegree = 6_371.0088 * Double.pi / 180

import Domain
import MapPicture
import Raster

#if canImport(Glibc)
    import Glibc
#endif

/// Scenes made of formulas.
enum Scenes {
    static let sierraNegra = GeoPoint(latitude: -0.83, longitude: -91.17)!

    static func geometry(_ width: Int, _ height: Int, centre: GeoPoint, span: Double = 0.5) -> GridGeometry {
        GridGeometry(
            width: width, height: height, west: centre.longitude - span / 2, north: centre.latitude + span * Double(height) / Double(width) / 2,
            pixelWidth: span / Double(width), pixelHeight: span / Double(width))
    }

    /// A point source's uplift (Mogi's shape) with a slow swell for the atmosphere, the sea in one corner and a lake without data.
    static func inflating(at summit: GeoPoint = sierraNegra, size: Int = 500, language: Language = .english) -> PictureScene {
        let frame = geometry(size, size, centre: summit)
        var phase = RasterGrid(geometry: frame, values: .init(repeating: .nan, count: size * size))
        var probability = phase
        let peak = GeoPoint(latitude: summit.latitude + 0.018, longitude: summit.longitude - 0.02)!
        for y in 0..<size {
            for x in 0..<size {
                let (u, v) = (Float(x) / Float(size), Float(y) / Float(size))
                let place = (frame.longitude(x: Double(x) + 0.5), frame.latitude(y: Double(y) + 0.5))
                let east = Float(place.0 - peak.longitude) * 111.2, north = Float(place.1 - peak.latitude) * 111.2
                let depth: Float = 6
                let uplift = 26 * powf(1 + (east * east + north * north) / (depth * depth), -1.5)
                let air = 1.3 * sinf(5 * u + 2 * sinf(4 * v)) + 0.9 * cosf(9 * v - 3 * u)
                // Filtered interferograms have smooth noise, a few pixels wide.
                let speckle = 0.22 * (sinf(Float(x) * 0.61 + 3 * sinf(Float(y) * 0.23)) + cosf(Float(y) * 0.57 - 2 * sinf(Float(x) * 0.31)))
                let away = east * east + north * north
                probability[y, x] = 0.97 * expf(-away / 140)
                let sea = v > 0.86 + 0.05 * sinf(9 * u) + 0.25 * (1 - u)
                let lake = hypotf(u - 0.8, v - 0.24) < 0.05
                if !sea && !lake { phase[y, x] = remainderf(-uplift + air + speckle, 2 * .pi) }
            }
        }
        return PictureScene(
            volcano: "Sierra Negra", summit: summit, interferogram: InterferogramID("106A_09048_000909/20240106_20240211")!, phase: phase,
            probability: probability, peak: .init(place: peak, probability: Probability(0.97)!), language: language)
    }

    /// One phase and one probability everywhere.
    static func flat(_ phase: Float, probability: Float? = nil, width: Int = 200, height: Int = 200, at centre: GeoPoint = sierraNegra)
        -> PictureScene
    {
        let frame = geometry(width, height, centre: centre)
        func grid(_ value: Float) -> RasterGrid { RasterGrid(geometry: frame, values: .init(repeating: value, count: width * height)) }
        return PictureScene(
            volcano: "Flat", summit: centre, interferogram: InterferogramID("087D_07004_060904/20231230_20240111")!, phase: grid(phase),
            probability: probability.map(grid), peak: nil, language: .english)
    }
}

public import Domain
import Raster

extension SyntheticRegion {
    /// Where the demonstration plays: the volcanoes of northern Isabela and Fernandina, where they stand on the map (Global Volcanism
    /// Program, 2025, Volcanoes of the World), on invented terrain. Alcedo begins to inflate on 25 June 2025 by 1.9 m a year, some four
    /// times as fast as Sierra Negra early in 2024, so that a few pairs tell the story. Nothing of it happened.
    ///
    /// Nine acquisitions, twelve days apart, from 1 May 2025 on. In 24 days of unrest about four fringes appear.
    public static func demonstration(seed: UInt64 = 1) -> SyntheticRegion {
        let geometry = GridGeometry(width: 900, height: 960, west: -91.75, north: 0.29, pixelWidth: 0.001, pixelHeight: 0.001)
        let volcanoes = [
            SyntheticVolcano(summit: point(-0.43, -91.12), height: 1290, radius: 10_500, calderaRadius: 3400, calderaDepth: 240),  // Alcedo
            SyntheticVolcano(summit: point(-0.18, -91.28), height: 1500, radius: 8500, calderaRadius: 2500, calderaDepth: 200),  // Darwin
            SyntheticVolcano(summit: point(0.02, -91.35), height: 1880, radius: 8000, calderaRadius: 3000, calderaDepth: 600),  // Wolf
            SyntheticVolcano(summit: point(-0.02, -91.546), height: 950, radius: 4800),  // Ecuador
            SyntheticVolcano(summit: point(-0.37, -91.55), height: 1680, radius: 8200, calderaRadius: 2800, calderaDepth: 700),  // Fernandina
        ]
        let first = day("20250501")
        return SyntheticRegion(
            frame: demonstrationFrame,
            // The real frame's mean incidence and heading.
            lineOfSight: LineOfSight(incidence: 33.8573, heading: -168.0465),
            acquisitions: (0..<9).map { AcquisitionDate(dayNumber: first.dayNumber + 12 * $0) },
            terrain: SyntheticTerrain(geometry: geometry, volcanoes: volcanoes, seed: seed),
            unrest: [
                Unrest(place: point(-0.43, -91.12), yearly: MogiSource(depth: 5500, uplift: 1.9), begins: day("20250625"))
            ],
            atmosphere: AtmosphereModel(turbulence: 0.006, stratification: 8e-6),
            seed: seed)
    }

    /// A real frame's name, because frames are found by their names; the data are not real.
    public static var demonstrationFrame: FrameID {
        guard let frame = FrameID("128D_09016_110500") else { preconditionFailure("a frame name in the source is right") }
        return frame
    }

    private static func point(_ latitude: Double, _ longitude: Double) -> GeoPoint {
        guard let point = GeoPoint(latitude: latitude, longitude: longitude) else { preconditionFailure("a place in the source is right") }
        return point
    }

    private static func day(_ text: String) -> AcquisitionDate {
        guard let date = AcquisitionDate(text) else { preconditionFailure("a day in the source is right") }
        return date
    }
}

public import Domain
public import FoundationEssentials
public import Raster

/// Writes synthetic interferograms under LiCSAR's file names, so that everything that reads the real ones reads them.
public struct LiCSARWriter: Sendable {
    public let region: SyntheticRegion

    public init(_ region: SyntheticRegion) { self.region = region }

    /// Writes `{pair}.geo.diff_pha.tif` and `{pair}.geo.cc.tif` into an existing folder; coherence first, as the phase is what makes a pair
    /// look complete.
    ///
    /// - Returns: the interferogram, with its truth.
    /// - Throws: `RasterError` on a full disk or a missing folder.
    @discardableResult
    public func write(_ pair: AcquisitionPair, into folder: URL) throws(RasterError) -> SyntheticInterferogram {
        let scene = region.interferogram(pair)
        try GeoTIFF.write(scene.coherence, to: folder.appendingPathComponent("\(pair).geo.cc.tif"), as: .uint8Deflate)
        try GeoTIFF.write(scene.phase, to: folder.appendingPathComponent("\(pair).geo.diff_pha.tif"), as: .float32Deflate)
        return scene
    }

    /// Writes the frame's `{frame}-poly.txt`, `metadata.txt`, which says that the data are synthetic, and its elevation,
    /// `{frame}.geo.hgt.tif`, into an existing folder.
    public func writeMetadata(into folder: URL) throws {
        let polygon = Self.corners(of: region.geometry).map { "\($0.longitude) \($0.latitude)\n" }.joined()
        try Data(polygon.utf8).write(to: folder.appendingPathComponent("\(region.frame)-poly.txt"), options: .atomic)
        let metadata = """
            synthetic=yes
            generator=fringewatch
            seed=\(region.seed)
            wavelength=\(LineOfSight.wavelength)
            pass=\(region.lineOfSight.pass.rawValue)

            """
        try Data(metadata.utf8).write(to: folder.appendingPathComponent("metadata.txt"), options: .atomic)
        try GeoTIFF.write(region.terrain.elevation, to: folder.appendingPathComponent("\(region.frame).geo.hgt.tif"), as: .float32Deflate)
    }

    /// The region's outline, from the north-west clockwise.
    private static func corners(of geometry: GridGeometry) -> [(longitude: Double, latitude: Double)] {
        let (west, north) = (geometry.west, geometry.north)
        let (east, south) = (geometry.longitude(x: Double(geometry.width)), geometry.latitude(y: Double(geometry.height)))
        return [(west, north), (east, north), (east, south), (west, south)]
    }
}

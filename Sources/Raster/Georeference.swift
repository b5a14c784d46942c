/// The tags that say where a GeoTIFF lies (OGC GeoTIFF 1.1, 19-008). Empty where a tag is missing.
struct GeoTags {
    /// ModelPixelScale: (x, y, z), degrees a pixel.
    var pixelScale: [Double] = []
    /// ModelTiepoint: (column, row, 0, x, y, z), once or more.
    var tiepoints: [Double] = []
    /// ModelTransformation: a 4 x 4 matrix, row by row, from (column, row, 0, 1) to (x, y, z, 1).
    var transformation: [Double] = []
    /// GeoKeyDirectory: four numbers of header, then (key, location, count, value) four by four.
    var keys: [UInt16] = []

    /// The value of a key that is stored in the directory itself.
    func key(_ wanted: UInt16) -> Int? {
        stride(from: 4, to: keys.count - 3, by: 4).first { keys[$0] == wanted && keys[$0 + 1] == 0 }.map { Int(keys[$0 + 3]) }
    }
}

/// A file's place on the Earth, normalised: pixel edges (not centres), north up, longitudes from -180.
struct Georeference: Hashable {
    let geometry: GridGeometry
    /// The file's first row is its southernmost.
    let southUp: Bool

    init(width: Int, height: Int, tags: GeoTags, file: String) throws(RasterError) {
        try Georeference.checkReferenceSystem(tags, file: file)
        let axes = try Georeference.axes(tags, file: file)
        guard [axes.x, axes.y, axes.stepX, axes.stepY].allSatisfy(\.isFinite), axes.stepX > 0, axes.stepY != 0 else {
            throw RasterError(file: file, problem: .noGeoreference("pixel size \(axes.stepX) x \(axes.stepY)"))
        }
        // RasterPixelIsPoint: the coordinates are those of the first pixel's centre.
        let half = tags.key(1025) == 2 ? 0.5 : 0
        let (stepX, stepY) = (Georeference.exact(axes.stepX), Georeference.exact(abs(axes.stepY)))
        southUp = axes.stepY > 0
        let west = axes.x - half * stepX
        let top = axes.y + (southUp ? -half : half) * stepY
        let north = southUp ? top + Double(height) * stepY : top
        let (right, south) = (west + Double(width) * stepX, north - Double(height) * stepY)
        // Half a pixel beyond a pole is usual in global grids; anything farther is not latitude and longitude.
        guard north <= 90 + stepY, south >= -90 - stepY, west >= -360, right <= 540, right - west <= 360 + stepX else {
            throw RasterError(file: file, problem: .projected(epsg: nil))
        }
        geometry = GridGeometry(
            width: width, height: height, west: normalisedLongitude(west), north: north, pixelWidth: stepX, pixelHeight: stepY)
    }

    /// A missing reference system is taken as EPSG:4326 (the LiCSAR archive has such files); the coordinates must then look like degrees.
    private static func checkReferenceSystem(_ tags: GeoTags, file: String) throws(RasterError) {
        let projected = tags.key(3072)
        if tags.key(1024) == 1 || projected != nil {
            throw RasterError(file: file, problem: .projected(epsg: projected == 32767 ? nil : projected))
        }
        let advice = "Convert it with gdalwarp -r near -t_srs EPSG:4326."
        if tags.key(1024) == 3 { throw RasterError(file: file, problem: .unsupported("geocentric coordinates. \(advice)")) }
        // 4979 is 4326 with heights, 32767 "described in words".
        if let system = tags.key(2048), ![4326, 4979, 32767].contains(system) {
            throw RasterError(file: file, problem: .unsupported("coordinates in EPSG:\(system). \(advice)"))
        }
        if let unit = tags.key(2054), unit != 9102 {
            throw RasterError(file: file, problem: .unsupported("an angular unit other than degrees (code \(unit)). \(advice)"))
        }
    }

    /// Coordinates of the raster's (0, 0) and the steps from one column and row to the next.
    private static func axes(_ tags: GeoTags, file: String) throws(RasterError) -> (
        x: Double, y: Double, stepX: Double, stepY: Double
    ) {
        let m = tags.transformation
        if m.count >= 8 {
            guard m[1] == 0, m[4] == 0 else {
                throw RasterError(
                    file: file, problem: .unsupported("a rotated grid. Convert it with gdalwarp -r near -t_srs EPSG:4326."))
            }
            return (m[3], m[7], m[0], m[5])
        }
        let (scale, tie) = (tags.pixelScale, tags.tiepoints)
        guard scale.count >= 2, tie.count >= 6 else {
            throw RasterError(
                file: file, problem: .noGeoreference(tie.isEmpty ? "no GeoTIFF tags" : "tie points without a pixel size"))
        }
        return (tie[3] - tie[0] * scale[0], tie[4] + tie[1] * scale[1], scale[0], -scale[1])
    }

    /// 0.0009999999999999992 is a thousandth: a pixel size within a millionth of 1/n is 1/n.
    static func exact(_ step: Double) -> Double {
        let perDegree = (1 / step).rounded()
        return perDegree >= 1 && abs(step * perDegree - 1) < 1e-6 ? 1 / perDegree : step
    }
}

/// The same meridian within -180 (included) to 180 (excluded).
func normalisedLongitude(_ longitude: Double) -> Double { longitude - 360 * ((longitude + 180) / 360).rounded(.down) }

/// Why a raster could not be read or written, and what to do about it.
///
///     do { grid = try GeoTIFFFile(url).read(as: .wrappedPhase) }
///     catch where error.isTemporary { /* try again later */ }
///     catch { /* reject the file: \(error) says why */ }
public struct RasterError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Problem: Hashable, Sendable {
        /// 0 bytes.
        case emptyFile
        /// A server answered with a page; its title where it has one.
        case htmlPage(title: String?)
        /// Neither TIFF nor BigTIFF; says what it looks like.
        case notATIFF(looksLike: String)
        /// The end of the file is missing. `rows` is nil where not even the image's size could be read.
        case truncated(rowsPresent: Int, rows: Int?)
        /// Complete, but its content contradicts itself or does not decode.
        case damaged(String)
        /// Passes a limit of `RasterLimits`, or claims more pixels than its bytes can hold.
        case tooLarge(String)
        /// A valid TIFF of a kind that this reader does not take.
        case unsupported(String)
        /// Nothing says where the raster lies.
        case noGeoreference(String)
        /// In metres (UTM and the like) instead of degrees.
        case projected(epsg: Int?)
        /// `count` values outside the quantity's range; `worst` is the one farthest out.
        case valuesOutOfRange(Quantity, count: Int, worst: Float)
        /// The system's refusal: no such file, permission, full disk.
        case io(String)
    }

    /// The file's name without its folder.
    public let file: String
    public let problem: Problem

    public init(file: String, problem: Problem) {
        self.file = file
        self.problem = problem
    }

    /// Whether the same file may be readable later. All other problems stay until the file itself is replaced.
    public var isTemporary: Bool {
        if case .io = problem { true } else { false }
    }

    public var description: String { "\(file): \(problem.explanation)" }
}

extension RasterError.Problem {
    fileprivate var explanation: String {
        switch self {
        case .emptyFile:
            "the file is empty. Fetch it again; if it stays empty, the catalogue's copy is bad."
        case .htmlPage(let title):
            "this is an HTML page\(title.map { " titled \"\($0)\"" } ?? ""), not a TIFF: the server sent a page in place of the file. "
                + "Check the address (a moved file, a login page, an error page) and fetch it again."
        case .notATIFF(let kind):
            "this is not a TIFF; it looks like \(kind). Give a GeoTIFF such as YYYYMMDD_YYYYMMDD.geo.diff_pha.tif."
        case .truncated(let present, let rows?):
            "the file is cut off: \(present) of \(rows) rows are there. Fetch it again."
        case .truncated(_, nil):
            "the file is cut off before its directory ends. Fetch it again."
        case .damaged(let detail):
            "the file is damaged (\(detail)). Fetch it again; if it stays so, report it to the catalogue's operator."
        case .tooLarge(let detail):
            "refused: \(detail). If the file is right, raise the limit; otherwise fetch it again."
        case .unsupported(let detail):
            "not supported: \(detail)"
        case .noGeoreference(let detail):
            "nothing says where it lies (\(detail)). Set it with gdal_edit.py -a_srs EPSG:4326 -a_ullr WEST NORTH EAST SOUTH."
        case .projected(let epsg):
            "its coordinates are projected\(epsg.map { " (EPSG:\($0))" } ?? ""), not degrees. "
                + "Convert it with gdalwarp -r near -t_srs EPSG:4326 -tr 0.001 0.001."
        case .valuesOutOfRange(.wrappedPhase, let count, let worst):
            "this is not wrapped phase: \(count) values lie outside -pi to pi, the farthest at \(worst) rad. "
                + "Give the .geo.diff_pha.tif, not the unwrapped .geo.unw.tif."
        case .valuesOutOfRange(let quantity, let count, let worst):
            "\(count) values are no \(quantity.name): the farthest is \(worst). Check that the file holds \(quantity.name)."
        case .io(let detail):
            "\(detail). Check the path, its permissions and the free space, then try again."
        }
    }
}

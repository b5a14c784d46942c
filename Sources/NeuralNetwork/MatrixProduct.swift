import COpenBLAS

/// The one place that calls OpenBLAS.
///
/// A network spreads its patches over threads itself, one patch to a thread: smaller products than OpenBLAS's own
/// threads would share, and no waiting between them. So OpenBLAS is told once, before its first product, to use one
/// thread a call.
public enum MatrixProduct {
    /// The instruction set OpenBLAS chose, as it names it: "SkylakeX", "Haswell". The environment's OPENBLAS_CORETYPE
    /// overrides its choice.
    public static var kernels: String {
        guard let name = openblas_get_corename() else { return "unknown" }
        return String(cString: name)
    }

    private static let oneThreadEach: Void = openblas_set_num_threads(1)

    /// result (rows x columns) += left (rows x inner) * right (inner x columns), all row-major.
    static func add(
        _ left: [Float], _ right: UnsafePointer<Float>, rows: Int, inner: Int, columns: Int,
        to result: UnsafeMutablePointer<Float>
    ) {
        oneThreadEach
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(rows), blasint(columns), blasint(inner), 1, left,
            blasint(inner), right,
            blasint(columns), 1, result, blasint(columns))
    }

    /// result (rows x columns) += left (rows x inner) * transpose of right (columns x inner), all row-major.
    static func addTransposed(
        _ left: [Float], _ right: [Float], rows: Int, inner: Int, columns: Int, to result: UnsafeMutablePointer<Float>
    ) {
        oneThreadEach
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, blasint(rows), blasint(columns), blasint(inner), 1, left,
            blasint(inner), right,
            blasint(inner), 1, result, blasint(columns))
    }
}

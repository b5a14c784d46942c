import COpenBLAS

/// The one place that calls OpenBLAS.
///
/// Layers spread their work over threads themselves, so OpenBLAS is told once, before its first product, to use one thread a call:
/// no waiting between threads inside a product, and the same sums whatever the number of threads.
public enum MatrixProduct {
    /// The instruction set OpenBLAS chose, as it names it: "SkylakeX", "Haswell". The environment's OPENBLAS_CORETYPE
    /// overrides its choice.
    public static var kernels: String {
        guard let name = openblas_get_corename() else { return "unknown" }
        return String(cString: name)
    }

    private static let oneThreadEach: Void = openblas_set_num_threads(1)

    /// A row-major matrix in memory, as it lies there or as its transpose.
    struct Matrix {
        let start: UnsafePointer<Float>
        /// Floats from one stored row to the next.
        let stride: Int
        let isTransposed: Bool

        init(_ start: UnsafePointer<Float>, stride: Int, transposed: Bool = false) {
            self.start = start
            self.stride = stride
            self.isTransposed = transposed
        }
    }

    /// result (rows x columns) = left (rows x inner) * right (inner x columns), added to what is there where `adding`.
    static func multiply(
        _ left: Matrix, _ right: Matrix, rows: Int, inner: Int, columns: Int, to result: UnsafeMutablePointer<Float>,
        stride: Int, adding: Bool
    ) {
        oneThreadEach
        cblas_sgemm(
            CblasRowMajor, left.isTransposed ? CblasTrans : CblasNoTrans, right.isTransposed ? CblasTrans : CblasNoTrans,
            blasint(rows), blasint(columns), blasint(inner), 1, left.start, blasint(left.stride), right.start,
            blasint(right.stride), adding ? 1 : 0, result, blasint(stride))
    }
}

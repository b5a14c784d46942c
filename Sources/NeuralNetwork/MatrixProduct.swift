import COpenBLAS
import FoundationEssentials

/// The one place that calls OpenBLAS.
///
/// Layers spread their work over threads themselves, so OpenBLAS is told once, before its first product, to use one thread a call:
/// no waiting between threads inside a product, and the same sums whatever the number of threads.
public enum MatrixProduct {
    /// The kernels that OpenBLAS runs, as it names them: "SkylakeX", "Haswell". The environment's OPENBLAS_CORETYPE overrides every other choice.
    public static var kernels: String {
        ready
        return chosen
    }

    private static var chosen: String {
        guard let name = openblas_get_corename() else { return "unknown" }
        return String(cString: name)
    }

    private static let ready: Void = {
        if let better = better(than: chosen) { _ = openblas_change_kernels(better) }
        openblas_set_num_threads(1)
    }()

    /// What OpenBLAS should run instead. A processor that came after the library is a stranger to it and gets the kernels of 2004, less than half as
    /// fast in training, though it runs everything since.
    private static func better(than kernels: String) -> String? {
        let isAskedFor = ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"].map { !$0.isEmpty } ?? false
        let withoutAVX2 = ["Prescott", "Core2", "Penryn", "Dunnington", "Nehalem", "Sandybridge", "Generic"]
        guard !isAskedFor, withoutAVX2.contains(kernels), openblas_runs_on_avx2() != 0 else { return nil }
        return String(cString: openblas_kernels_for_this_processor())
    }

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
        ready
        cblas_sgemm(
            CblasRowMajor, left.isTransposed ? CblasTrans : CblasNoTrans, right.isTransposed ? CblasTrans : CblasNoTrans,
            blasint(rows), blasint(columns), blasint(inner), 1, left.start, blasint(left.stride), right.start,
            blasint(right.stride), adding ? 1 : 0, result, blasint(stride))
    }
}

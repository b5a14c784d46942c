import CNNKernels
import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The C kernels for one instruction set.
struct KernelSet: @unchecked Sendable {
    /// A constant table.
    let table: OpaquePointer
    /// Outputs whose weights lie side by side.
    let panel: Int

    private init(_ table: OpaquePointer) {
        self.table = table
        panel = Int(cnn_panel(table))
    }

    /// "avx512", "avx2", "plain"; "wide" for tests. Nil where this processor cannot run them or there are none of that name.
    init?(named name: String) {
        guard let table = cnn_kernels_named(name) else { return nil }
        self.init(table)
    }

    var name: String { String(cString: cnn_kernels_name(table)) }

    /// The fastest that this processor can run, or those that FRINGEWATCH_KERNELS names.
    static let preferred: KernelSet = {
        let best = KernelSet(cnn_kernels_best())
        guard let name = ProcessInfo.processInfo.environment["FRINGEWATCH_KERNELS"], !name.isEmpty else { return best }
        if let named = KernelSet(named: name) { return named }
        warn("FRINGEWATCH_KERNELS: this processor runs no kernels named \(name); \(best.name) run instead\n")
        return best
    }()

    private static func warn(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(2, bytes, bytes.count)
    }
}

/// Floats that kernels read and write: weights, which nobody changes once they are packed, and maps and scratch, of which each thread writes its
/// own part.
final class FloatMemory: @unchecked Sendable {
    let start: UnsafeMutablePointer<Float>
    let count: Int

    /// Zeros.
    init(count: Int) {
        guard let start = cnn_allocate(count) else { preconditionFailure("no memory for \(count) floats") }
        self.start = start
        self.count = count
    }

    deinit { cnn_free(start) }
}

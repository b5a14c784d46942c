import CNNKernels

/// What the process does with memory that it has freed.
public enum FreedMemory {
    /// Keeps up to 128 MiB for the next file instead of giving them back to the system, which would hand them out again cleared, page by page: that
    /// is a seventh of a file's time. For programs that go through many files and end. Nothing changes where the C library is not glibc.
    public static func keep() { cnn_keep_freed_memory() }
}

internal import FoundationEssentials

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Files that are there whole or not at all, whenever the power fails.
enum DurableFile {
    /// Writes beside the target, syncs, renames over it and syncs the folder. Readable by everybody: the daemon is another user than the
    /// person who installs a model.
    /// - Parameter beforeRename: for tests: throws where a process would be killed.
    static func write(_ data: Data, to url: URL, beforeRename: () throws -> Void = {}) throws(StoreError) {
        let path = url.path
        let folder = url.deletingLastPathComponent().path
        var template = Array("\(folder)/.\(url.lastPathComponent).XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw failure(path) }
        do {
            try fill(descriptor, with: data, path)
            try beforeRename()
            guard rename(template, path) == 0 else { throw failure(path) }
        } catch {
            if !(error is Killed) { unlink(template) }
            throw error as? StoreError ?? .io(path: path, reason: "\(error)")
        }
        try sync(folder: folder)
    }

    /// For tests: leaves everything as it is at that moment.
    struct Killed: Error {}

    private static func fill(_ descriptor: Int32, with data: Data, _ path: String) throws(StoreError) {
        defer { close(descriptor) }
        guard fchmod(descriptor, 0o644) == 0 else { throw failure(path) }
        var written = 0
        while written < data.count {
            let count = data.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written) }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure(path)
            }
            written += count
        }
        guard fsync(descriptor) == 0 else { throw failure(path) }
    }

    /// A rename is on the disk when its folder is.
    private static func sync(folder: String) throws(StoreError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(folder) }
    }

    static func failure(_ path: String) -> StoreError { .io(path: path, reason: String(cString: strerror(errno))) }
}

/// Held by the one command that changes the store; the kernel gives it back when the process ends, however it ends.
struct StoreLock {
    private let descriptor: Int32

    init(path: String) throws(StoreError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw DurableFile.failure(path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            close(descriptor)
            throw reason == EWOULDBLOCK ? .busy(path: path) : DurableFile.failure(path)
        }
    }

    func release() {
        // Closing alone does not give it back while anything else shares the open file, as a child does between fork and exec.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}

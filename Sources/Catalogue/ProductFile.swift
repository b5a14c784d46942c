import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file that is only read. Its owner closes it.
struct ReadOnlyFile {
    let path: String
    private let descriptor: Int32

    init(path: String) throws(CatalogueError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { throw .system("open", path) }
    }

    /// A descriptor that was only read from has nothing to lose: its failure to close is of no interest.
    func release() { _ = close(descriptor) }

    func stamp() throws(CatalogueError) -> FileStamp {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system("look at", path) }
        return FileStamp(status)
    }

    func size() throws(CatalogueError) -> Int { try stamp().size }

    /// At most `count` bytes; fewer at the end of the file.
    func bytes(at offset: Int, count: Int) throws(CatalogueError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = buffer.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress! + filled, count - filled, off_t(offset + filled))
            }
            if got == 0 { break }
            if got < 0 {
                if errno == EINTR { continue }
                throw .system("read", path)
            }
            filled += got
        }
        return filled == count ? buffer : Array(buffer.prefix(filled))
    }
}

/// What tells one state of a file from another.
struct FileStamp: Hashable, Sendable {
    let size: Int
    /// Nanoseconds since 1970.
    let modified: Int
    /// Of its content or its name; no program can set it back.
    let changed: Int
    let isRegular: Bool

    fileprivate init(_ status: stat) {
        size = Int(status.st_size)
        modified = status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
        changed = status.st_ctim.tv_sec * 1_000_000_000 + status.st_ctim.tv_nsec
        isRegular = status.st_mode & S_IFMT == S_IFREG
    }

    /// Of the file that `path` names or, where it is a link, leads to; nil if there is none.
    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    var lastModified: Date { Date(timeIntervalSince1970: Double(modified / 1_000_000_000)) }
}

/// Writing so that a crash leaves either nothing or the whole file.
enum DurableFile {
    /// Brings a finished file to the disk under its final name: fsync, rename, fsync of the folder.
    static func commit(_ part: String, as final: String) throws(CatalogueError) {
        try synchronize(part)
        guard rename(part, final) == 0 else { throw .system("rename", part) }
        try synchronize(String(final[..<(final.lastIndex(of: "/") ?? final.startIndex)]))
    }

    /// Copies a file that may be written to meanwhile.
    /// - Returns: the state that was copied.
    static func copy(_ source: String, to part: String) throws(CatalogueError) -> FileStamp {
        let file = try ReadOnlyFile(path: source)
        defer { file.release() }
        let before = try file.stamp()
        try create(part) { descriptor throws(CatalogueError) in
            var offset = 0
            while true {
                let piece = try file.bytes(at: offset, count: 1 << 20)
                if piece.isEmpty { break }
                try append(piece, to: descriptor, path: part)
                offset += piece.count
            }
        }
        let after = try file.stamp()
        guard before.size == after.size, before.modified == after.modified else {
            throw CatalogueError(
                .stillChanging, .retry(after: nil), subject: source,
                "the file changed while it was read; it is read again when it has come to rest")
        }
        return before
    }

    private static func create(_ path: String, _ body: (Int32) throws(CatalogueError) -> Void) throws(CatalogueError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o640)
        guard descriptor >= 0 else { throw .system("create", path) }
        do throws(CatalogueError) {
            try body(descriptor)
        } catch {
            _ = close(descriptor)
            throw error
        }
        // A network file system reports a full disk only here.
        guard close(descriptor) == 0 else { throw .system("write", path) }
    }

    private static func append(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(CatalogueError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + written, bytes.count - written) }
            if count < 0 {
                if errno == EINTR { continue }
                throw .system("write", path)
            }
            written += count
        }
    }

    private static func synchronize(_ path: String) throws(CatalogueError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("open", path) }
        defer { _ = close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .system("write to disk", path) }
    }

    /// Removes a file; one that is not there is fine.
    static func remove(_ path: String) throws(CatalogueError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw .system("remove", path) }
    }
}

extension CatalogueError {
    /// The last system call's failure.
    static func system(_ action: String, _ path: String, code: Int32 = errno) -> CatalogueError {
        let reason = String(cString: strerror(code))
        switch code {
        case ENOSPC, EDQUOT:
            return CatalogueError(
                .diskFull, .retry(after: nil), subject: path,
                "cannot \(action) the file, \(reason). Make room; fetching goes on by itself")
        case ENOENT:
            return CatalogueError(.notFound, .retry(after: nil), subject: path, "cannot \(action) it: \(reason)")
        default:
            return CatalogueError(
                .storage, .retry(after: nil), subject: path,
                "cannot \(action) it: \(reason). Check the folder's owner and permissions")
        }
    }
}

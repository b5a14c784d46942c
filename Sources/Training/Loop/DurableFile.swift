import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file that could not be written; what was under its name before is unchanged.
public struct DurableFileError: Error, Hashable, Sendable, CustomStringConvertible {
    public let path: String
    /// The system's `errno`.
    public let code: Int32

    public var description: String {
        let reason = String(cString: strerror(code))
        let advice =
            switch code {
            case ENOSPC, EDQUOT: "; make room and resume: the file before it is unchanged"
            case EACCES, EPERM, EROFS: "; choose another output folder or change its permissions"
            default: ""
            }
        return "cannot write \(path): \(reason)\(advice)"
    }
}

/// Writes files whole or not at all: a temporary file beside it, to the disk, then a rename.
enum DurableFile {
    static func write(_ data: Data, to url: URL) throws { try write(to: url) { try $0(data) } }

    /// - Parameter body: gives the file piece by piece.
    /// - Throws: `DurableFileError`; what `body` throws.
    static func write(to url: URL, _ body: ((Data) throws -> Void) throws -> Void) throws {
        // A name of its own: two trainings may fill the same cache.
        var template = Array((url.path + ".XXXXXX").utf8CString)
        let handle = mkstemp(&template)
        guard handle >= 0 else { throw DurableFileError(path: url.path, code: errno) }
        _ = fcntl(handle, F_SETFD, FD_CLOEXEC)
        let temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        do {
            try body { data in
                var rest = data[...]
                while !rest.isEmpty {
                    let written = rest.withUnsafeBytes { systemWrite(handle, $0.baseAddress, $0.count) }
                    if written < 0, errno == EINTR { continue }
                    guard written > 0 else { throw DurableFileError(path: url.path, code: written < 0 ? errno : ENOSPC) }
                    rest = rest.dropFirst(written)
                }
            }
            guard fchmod(handle, 0o644) == 0, fsync(handle) == 0 else { throw DurableFileError(path: url.path, code: errno) }
        } catch {
            close(handle)
            unlink(temporary)
            throw error
        }
        guard close(handle) == 0, rename(temporary, url.path) == 0 else {
            let code = errno
            unlink(temporary)
            throw DurableFileError(path: url.path, code: code)
        }
        // The rename itself is on the disk when its folder is.
        let folder = open(url.deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }
}

/// The system's function, whose name is also this file's.
private func systemWrite(_ handle: Int32, _ start: UnsafeRawPointer?, _ count: Int) -> Int { write(handle, start, count) }

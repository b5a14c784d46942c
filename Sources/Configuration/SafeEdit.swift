public import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension PriorityListEditor {
    /// Changes the file in one step: whoever reads it sees the old text or the new one, never a part; also after a power cut.
    ///
    /// The file keeps its owner and mode; a symbolic link stays one. A file that does not exist is made (mode 644). Blocks for up
    /// to `patience` while another program edits: not for the cooperative pool.
    /// - Parameter change: from the old text to the new one, such as ``adding(_:to:)``.
    public static func edit(
        _ url: URL, patience: Duration = .seconds(5), _ change: (String) throws(PriorityEditError) -> String
    ) throws(PriorityEditError) {
        let path = url.resolvingSymlinksInPath().path
        let folder = try LockedFolder(of: path, patience: patience)
        let old = try content(path)
        let new = try change(old ?? "")
        guard new != old else { return }
        let temporary = try write(new, beside: path)
        do throws(PriorityEditError) {
            // The lock holds off other fringewatch commands, not text editors.
            guard try content(path) == old else { throw .changedMeanwhile(path) }
            guard rename(temporary, path) == 0 else { throw failure("cannot replace \(path)") }
        } catch {
            unlink(temporary)
            throw error
        }
        try folder.synchronize()
    }

    private static func content(_ path: String) throws(PriorityEditError) -> String? {
        do throws(ConfigurationErrors) {
            return try PriorityListFile.read(URL(fileURLWithPath: path))
        } catch {
            throw .invalidFile(error)
        }
    }

    /// - Returns: the path of a new file with this content, owner and mode as the other's, safely on disk.
    private static func write(_ text: String, beside path: String) throws(PriorityEditError) -> String {
        let url = URL(fileURLWithPath: path)
        let temporary = url.deletingLastPathComponent().appendingPathComponent(".\(url.lastPathComponent).\(getpid())").path
        unlink(temporary)
        let handle = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard handle >= 0 else { throw failure("cannot write in the folder of \(path)") }
        defer { close(handle) }
        do throws(PriorityEditError) {
            var status = stat()
            if stat(path, &status) == 0 {
                let isMine = status.st_uid == geteuid() && status.st_gid == getegid()
                guard isMine || fchown(handle, status.st_uid, status.st_gid) == 0 else { throw failure("cannot keep the owner of \(path)") }
                guard fchmod(handle, status.st_mode & 0o7777) == 0 else { throw failure("cannot keep the mode of \(path)") }
            } else {
                guard fchmod(handle, 0o644) == 0 else { throw failure("cannot set the mode of \(path)") }
            }
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.write(handle, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw failure("cannot write \(temporary)") }
                rest = rest.dropFirst(count)
            }
            guard fsync(handle) == 0 else { throw failure("cannot write \(temporary)") }
        } catch {
            unlink(temporary)
            throw error
        }
        return temporary
    }

    fileprivate static func failure(_ what: String) -> PriorityEditError {
        .cannotWrite("\(what): \(String(cString: strerror(errno)))")
    }
}

/// An exclusive lock on the folder of a file. The file itself cannot carry it: it is replaced. It ends with the value.
private final class LockedFolder {
    private let handle: Int32

    init(of path: String, patience: Duration) throws(PriorityEditError) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        handle = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { throw PriorityListEditor.failure("cannot open the folder \(folder)") }
        let deadline = ContinuousClock.now + patience
        while flock(handle, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { throw PriorityListEditor.failure("cannot lock the folder \(folder)") }
            guard ContinuousClock.now < deadline else { throw .busy(path) }
            usleep(20_000)
        }
    }

    deinit {
        // Closing alone does not give it back while anything else shares the open folder, as a child does between fork and exec.
        flock(handle, LOCK_UN)
        close(handle)
    }

    func synchronize() throws(PriorityEditError) {
        guard fsync(handle) == 0 else { throw PriorityListEditor.failure("the change is made, but may be lost in a power cut") }
    }
}

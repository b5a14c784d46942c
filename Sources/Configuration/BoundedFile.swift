import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reading a small text file that an operator wrote, without trusting that it is one.
enum BoundedFile {
    struct Failure: Error {
        let found: String
        let expected: String
        let isMissing: Bool
    }

    /// The content of a regular file of at most `limit` bytes. A FIFO or device is refused without waiting for it.
    static func bytes(of path: String, limit: Int) throws(Failure) -> [UInt8] {
        let handle = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard handle >= 0 else {
            let code = errno
            throw Failure(found: reason(code), expected: "a readable file", isMissing: code == ENOENT)
        }
        defer { close(handle) }
        var status = stat()
        guard fstat(handle, &status) == 0 else { throw Failure(found: reason(errno), expected: "a readable file", isMissing: false) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(found: "no regular file (a folder, pipe or device)", expected: "a text file", isMissing: false)
        }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while content.count <= limit {
            let count = read(handle, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Failure(found: reason(errno), expected: "a readable file", isMissing: false) }
            if count == 0 { return content }
            content += buffer[..<count]
        }
        throw Failure(found: "more than \(limit) bytes", expected: "a file of at most \(limit / 1024) KiB", isMissing: false)
    }

    /// The same as text.
    static func text(of path: String, limit: Int) throws(Failure) -> String {
        guard let text = String(validating: try bytes(of: path, limit: limit), as: UTF8.self) else {
            throw Failure(found: "bytes that are not UTF-8", expected: "text in UTF-8", isMissing: false)
        }
        return text
    }

    static func reason(_ code: Int32) -> String {
        switch code {
        case ENOENT: "no such file"
        case EACCES: "a file that may not be read (permission denied)"
        default: "an error: " + String(cString: strerror(code))
        }
    }
}

/// Files of settings are written by hand: a mebibyte is more than anybody writes.
let largestSettingsFile = 1 << 20

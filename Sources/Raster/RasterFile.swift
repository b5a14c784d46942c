internal import FoundationEssentials

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// The bytes of a file before libtiff sees them: is it there, is it a TIFF at all, is its directory complete?
final class RasterFile {
    let name: String
    let size: UInt64
    private var descriptor: Int32

    init(_ url: URL) throws(RasterError) {
        name = url.lastPathComponent
        // Non-blocking, or a FIFO in a drop folder would hold the reader for ever.
        descriptor = open(url.path(percentEncoded: false), O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw RasterError(file: name, problem: .io("cannot be opened: \(lastSystemError())")) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw RasterError(file: name, problem: .unsupported("this is not a regular file. Give the path of a GeoTIFF."))
        }
        size = UInt64(max(0, status.st_size))
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Gives the descriptor away; the file is then somebody else's to close.
    func release() -> Int32 {
        let mine = descriptor
        descriptor = -1
        return mine
    }

    /// Throws unless this is a TIFF whose first directory, and all that its entries point to, lies inside the file, and whose size is
    /// within the limits: what passes here is safe to hand to libtiff.
    func check(_ limits: RasterLimits) throws(RasterError) {
        guard size > 0 else { throw RasterError(file: name, problem: .emptyFile) }
        let start = try bytes(at: 0, count: 2048)
        guard let directory = TIFFDirectory(header: start) else {
            throw RasterError(file: name, problem: FileSignature.problem(start))
        }
        let cutOff = RasterError(file: name, problem: .truncated(rowsPresent: 0, rows: nil))
        let counter = directory.counterBytes
        guard let offset = directory.offset, inside(offset, counter) else { throw cutOff }
        let entries = directory.number(try bytes(at: offset, count: counter)[...])
        guard (1...4096).contains(entries) else {
            throw RasterError(file: name, problem: .damaged("a directory of \(entries) entries"))
        }
        guard inside(offset + UInt64(counter), Int(entries) * directory.entryBytes) else { throw cutOff }
        let table = try bytes(at: offset + UInt64(counter), count: Int(entries) * directory.entryBytes)
        var (width, height): (UInt64, UInt64) = (0, 0)
        for start in stride(from: 0, to: table.count, by: directory.entryBytes) {
            let entry = table[start..<start + directory.entryBytes]
            switch directory.tag(ofEntry: entry) {
            case 256: width = max(width, directory.firstValue(ofEntry: entry))
            case 257: height = max(height, directory.firstValue(ofEntry: entry))
            default: break
            }
        }
        try limits.check(width: width, height: height, file: name)
        for start in stride(from: 0, to: table.count, by: directory.entryBytes) {
            if let value = directory.remoteValue(ofEntry: table[start..<start + directory.entryBytes]) {
                guard value.count <= size, inside(value.offset, Int(value.count)) else { throw cutOff }
            }
        }
    }

    private func inside(_ offset: UInt64, _ count: Int) -> Bool { offset <= size && UInt64(count) <= size - offset }

    /// Fewer than `count` only at the end of the file.
    private func bytes(at offset: UInt64, count: Int) throws(RasterError) -> [UInt8] {
        var failure: String?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let read = pread(descriptor, buffer.baseAddress! + filled, count - filled, off_t(offset) + off_t(filled))
                if read < 0 && errno == EINTR { continue }
                if read < 0 { failure = lastSystemError() }
                if read <= 0 { return }
                filled += read
            }
        }
        if let failure { throw RasterError(file: name, problem: .io("cannot be read: \(failure)")) }
        return bytes
    }
}

/// The layout of a TIFF's directory, classic or Big, in either byte order (TIFF 6.0, section 2; BigTIFF, libtiff.org).
struct TIFFDirectory {
    private let bigEndian: Bool
    private let big: Bool
    /// Of the first directory; nil if the header is cut off.
    private(set) var offset: UInt64?

    /// Nil if these are not the first bytes of a TIFF.
    init?(header: [UInt8]) {
        switch header.prefix(4) {
        case [0x49, 0x49, 42, 0]: (bigEndian, big) = (false, false)
        case [0x4D, 0x4D, 0, 42]: (bigEndian, big) = (true, false)
        case [0x49, 0x49, 43, 0]: (bigEndian, big) = (false, true)
        case [0x4D, 0x4D, 0, 43]: (bigEndian, big) = (true, true)
        default: return nil
        }
        offset = header.count < (big ? 16 : 8) ? nil : number(big ? header[8..<16] : header[4..<8])
    }

    var counterBytes: Int { big ? 8 : 2 }
    var entryBytes: Int { big ? 20 : 12 }

    func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var value: UInt64 = 0
        for byte in bigEndian ? Array(bytes) : bytes.reversed() { value = value << 8 | UInt64(byte) }
        return value
    }

    func tag(ofEntry entry: ArraySlice<UInt8>) -> UInt64 { number(entry.prefix(2)) }

    /// The number inside the entry, for the integer types.
    func firstValue(ofEntry entry: ArraySlice<UInt8>) -> UInt64 {
        let start = entry.startIndex + (big ? 12 : 8)
        return number(entry[start..<start + min(width(ofEntry: entry), big ? 8 : 4)])
    }

    /// Where an entry's value lies if it is too long for the entry itself.
    func remoteValue(ofEntry entry: ArraySlice<UInt8>) -> (offset: UInt64, count: UInt64)? {
        let at = entry.startIndex
        let word = big ? 8 : 4
        let values = number(entry[at + 4..<at + 4 + word])
        let (count, overflow) = values.multipliedReportingOverflow(by: UInt64(width(ofEntry: entry)))
        guard overflow || count > UInt64(word) else { return nil }
        return (number(entry[at + 4 + word..<at + 4 + 2 * word]), overflow ? .max : count)
    }

    /// Bytes of one value of the entry's type; unknown types count as bytes.
    private func width(ofEntry entry: ArraySlice<UInt8>) -> Int {
        switch number(entry[entry.startIndex + 2..<entry.startIndex + 4]) {
        case 3, 8: 2
        case 4, 9, 11, 13: 4
        case 5, 10, 12, 16, 17, 18: 8
        default: 1
        }
    }
}

func lastSystemError() -> String { String(cString: strerror(errno)) }

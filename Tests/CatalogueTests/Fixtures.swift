import Catalogue
import Domain
import Foundation

let frame = FrameID("106A_09048_000909")!
let otherFrame = FrameID("128D_09016_110500")!
let pair = AcquisitionPair("20240106_20240118")!
let interferogram = InterferogramID(frame: frame, pair: pair)

func pairs(_ names: String...) -> [AcquisitionPair] { names.map { AcquisitionPair($0)! } }

extension InterferogramCatalogue {
    /// The whole listing of a frame; that it is "unchanged" from nothing is an error.
    func listing(of frame: FrameID = frame) async throws -> FrameListing {
        guard case .listing(let listing) = try await list(frame, unlessUnchanged: nil) else {
            throw CatalogueError(.unreadable, .giveUp, subject: name, "unchanged, though no validator was given")
        }
        return listing
    }
}

/// A folder of a test's own, removed when the test ends.
final class TemporaryFolder: Sendable {
    let url: URL
    var path: String { url.path }

    init() throws {
        url = URL(filePath: NSTemporaryDirectory()).appending(path: "catalogue-\(UUID().uuidString)/").resolvingSymlinksInPath()
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    @discardableResult
    func write(_ data: Data, to name: String, modified: Date? = nil) throws -> URL {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: file)
        if let modified { try FileManager.default.setAttributes([.modificationDate: modified], ofItemAtPath: file.path) }
        return file
    }

    @discardableResult
    func write(_ text: String, to name: String) throws -> URL { try write(Data(text.utf8), to: name) }

    func contents(_ name: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: url.appending(path: name).path).sorted()
    }
}

/// A grey TIFF of two strips, built byte by byte.
struct TestTIFF {
    var bytesPerStrip = 600
    var bigEndian = false
    /// 64-bit offsets.
    var big = false
    /// GDAL writes the directory first, others last.
    var directoryLast = false
    var seed: UInt8 = 7

    var data: Data {
        let headerSize = big ? 16 : 8
        let directorySize = big ? 8 + 4 * 20 + 8 : 2 + 4 * 12 + 4
        // Two offsets and two counts of 8 bytes fit no entry of 4 or 8 bytes, so they have tables of their own.
        let tableSize = big ? 32 : 16
        let stripsSize = bytesPerStrip * 2
        let directory = directoryLast ? headerSize + stripsSize : headerSize
        let table = directory + directorySize
        let strips = directoryLast ? headerSize : table + tableSize

        var head = Data(bigEndian ? [0x4D, 0x4D] : [0x49, 0x49])
        head += number(big ? 43 : 42, 2)
        if big { head += number(8, 2) + number(0, 2) }
        head += number(directory, big ? 8 : 4)

        let word = big ? 8 : 4
        let (type, count) = (big ? 16 : 4, big ? 8 : 4)
        func entry(_ tag: Int, _ type: Int, _ number: Int, _ value: Data) -> Data {
            self.number(tag, 2) + self.number(type, 2) + self.number(number, count) + value + Data(count: word - value.count)
        }
        var middle = number(4, big ? 8 : 2)
        middle += entry(256, 3, 1, number(bytesPerStrip, 2)) + entry(257, 3, 1, number(2, 2))
        middle += entry(273, type, 2, number(table, word)) + entry(279, type, 2, number(table + 2 * word, word))
        middle += number(0, word)
        middle +=
            number(strips, word) + number(strips + bytesPerStrip, word) + number(bytesPerStrip, word)
            + number(bytesPerStrip, word)

        let pixels = Data((0..<stripsSize).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ Int(seed)) })
        return directoryLast ? head + pixels + middle : head + middle + pixels
    }

    private func number(_ value: Int, _ width: Int) -> Data {
        let bytes = (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        return Data(bigEndian ? bytes.reversed() : bytes)
    }
}

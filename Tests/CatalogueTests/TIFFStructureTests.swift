import Foundation
import Testing

@testable import Catalogue

@Suite struct TIFFStructureTests {
    private let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func structure(of data: Data) throws -> TIFFStructure {
        try TIFFStructure.of(fileAt: folder.write(data, to: "a.tif").path)
    }

    static let variants: [TestTIFF] = [
        TestTIFF(), TestTIFF(bigEndian: true), TestTIFF(big: true), TestTIFF(directoryLast: true),
        TestTIFF(bigEndian: true, big: true, directoryLast: true),
    ]

    @Test(arguments: variants.indices)
    func `a whole file is complete`(variant: Int) throws {
        #expect(try structure(of: Self.variants[variant].data) == .complete)
    }

    @Test(arguments: variants.indices)
    func `a file without its last byte is not`(variant: Int) throws {
        guard case .incomplete = try structure(of: Self.variants[variant].data.dropLast()) else {
            Issue.record("taken for complete")
            return
        }
    }

    @Test(arguments: variants.indices)
    func `no truncation is complete or crashes`(variant: Int) throws {
        let data = Self.variants[variant].data
        for length in Array(0..<150) + Array(stride(from: 150, to: data.count, by: 97)) {
            #expect(try structure(of: data.prefix(length)) != .complete, "\(length) of \(data.count) bytes")
        }
    }

    @Test(arguments: [
        ("", TIFFStructure.empty), ("<!DOCTYPE html>\n<html><body>Sign in</body></html>", .html),
        ("  \n<HTML><HEAD></HEAD></HTML>", .html),
        ("<!-- x --><html>", .html), ("\u{FEFF}<!doctype HTML>", .html), ("PK\u{3}\u{4}something", .notATIFF), ("II", .notATIFF),
        ("not a tiff", .notATIFF),
    ])
    func `what is no TIFF is named`(content: String, expected: TIFFStructure) throws {
        #expect(try structure(of: Data(content.utf8)) == expected)
    }

    @Test func `a directory that claims millions of strips does not take memory`() throws {
        var data = TestTIFF().data
        // The count of the third entry, the strip offsets: 8 + 2 + 2 * 12 + 4.
        data.replaceSubrange(38..<42, with: [0xFF, 0xFF, 0xFF, 0x7F])
        #expect(try structure(of: data) == .incomplete("the table of its strips is cut off"))
    }

    @Test func `random bytes behind a TIFF's signature never crash`() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            var data = TestTIFF(bytesPerStrip: 40).data
            for _ in 0..<6 { data[Int.random(in: 4..<data.count, using: &random)] = .random(in: 0...255, using: &random) }
            _ = try structure(of: data)
        }
    }
}

import Domain
import Foundation
import Testing

@testable import Catalogue

private let page = URL(
    string: "https://gws-access.jasmin.ac.uk/public/nceo_geohazards/LiCSAR_products/106/106A_09048_000909/interferograms/")!
private let links = LinkPolicy(allowedHosts: [HostPattern("data.ceda.ac.uk")!])

private func read(_ text: String) -> (pairs: [ListedPair], remarks: [ListingRemark]) {
    PairIndex.read(Data(text.utf8), page: page, frame: frame, links: links)
}

/// 2024-03-12 10:24 UTC
private let march = Date(timeIntervalSince1970: 1_710_239_040)
/// 2024-02-03 04:05 UTC
private let february = Date(timeIntervalSince1970: 1_706_933_100)

@Suite struct IndexPageTests {
    @Test(arguments: Listings.names.keys.sorted())
    func `every server's index gives its pairs and nothing else`(shape: String) {
        let (pairs, remarks) = read(Listings.names[shape]!)
        #expect(pairs.map(\.id.pair) == CatalogueTests.pairs("20240106_20240118", "20240118_20240130"))
        #expect(remarks.isEmpty)
    }

    @Test(arguments: ["apache table", "apache preformatted", "nginx"])
    func `the time that an index shows is the version`(shape: String) {
        let (pairs, _) = read(Listings.names[shape]!)
        #expect(pairs.map(\.version) == [ProductVersion(lastModified: march), ProductVersion(lastModified: february)])
    }

    @Test func `a plain list has no times and is read all the same`() {
        #expect(read(Listings.apacheList).pairs.allSatisfy { $0.version == ProductVersion() })
    }

    @Test func `pairs keep their slash, since a file and a folder are asked for differently`() {
        let locations = read(Listings.apacheTable).pairs.map(\.location.description)
        #expect(locations == [page.absoluteString + "20240106_20240118", page.absoluteString + "20240118_20240130/"])
    }

    @Test(arguments: [
        "<a href='20240106_20240118'>x</a>", "<A HREF=20240106_20240118>x</A>",
        "<a class=\"b\" title='a > b' href = \"20240106_20240118\" >x",
        "<a\nhref='20240106_20240118/'\n>x</a>", "<a href='./20240106_20240118'>x</a>", "1 < 2 <a href='20240106_20240118'>x</a>",
        "<a href='/public/nceo_geohazards/LiCSAR_products/106/106A_09048_000909/interferograms/20240106_20240118'>x</a>",
        "<a href='20240106&#95;20240118'>x</a>", "<a href='20240106_20240118?x=1#y'>x</a>",
    ])
    func `markup is read as browsers read it`(html: String) {
        #expect(read(html).pairs.map(\.id.pair) == [pair])
    }

    @Test(arguments: [
        "", "<", "<a", "<a href", "<a href=", "<a href='", "<!-- <a href='20240106_20240118'>x</a> -->",
        "<!-- <a href='20240106_20240118'>", "<b href='20240106_20240118'>", "<a name='20240106_20240118'>", "&#x110000;",
        "<a href='&#x;'>",
        "20240106_20240118", "<html><body>Scheduled maintenance</body></html>", "\u{0}\u{1}\u{FFFD}<<<>>>",
    ])
    func `broken markup gives nothing and breaks nothing`(html: String) {
        let (pairs, remarks) = read(html)
        #expect(pairs.isEmpty && remarks.isEmpty)
    }

    @Test(arguments: [
        "20240118_20240106", "20240106_20240106", "20240230_20240318", "20240106-20240118", "20240106", "a20240106_20240118",
        "20240106_20240118.zip",
    ])
    func `names that are not pairs are passed over`(name: String) {
        let (pairs, remarks) = read("<a href='\(name)'>\(name)</a>")
        #expect(pairs.isEmpty && remarks.isEmpty)
    }

    @Test(arguments: [
        "../20240106_20240118", "https://evil.example.com/106A_09048_000909/20240106_20240118",
        "file:///106A_09048_000909/20240106_20240118",
        "%2e%2e/20240106_20240118/", "javascript:x/20240106_20240118",
    ])
    func `a pair behind a hostile link is not taken and is remarked on`(href: String) {
        let (pairs, remarks) = read("<a href='\(href)'>x</a>" + Listings.nginx)
        #expect(pairs.count == 2)
        #expect(remarks.map(\.reason) == [.refusedLink])
        #expect(remarks.first?.item == href)
    }

    @Test func `a pair of another frame is passed over`() {
        let theirs = "/public/nceo_geohazards/LiCSAR_products/128/\(otherFrame)/interferograms/20240106_20240118"
        let both = "/public/\(otherFrame)/\(frame)/20240106_20240118"
        #expect(read("<a href='\(theirs)'>x</a><a href='\(both)'>x</a>").pairs.isEmpty)
    }

    @Test func `an index of ten thousand links is read in seconds`() {
        let days = (0..<100).map { AcquisitionDate(dayNumber: 18_000 + $0) }
        let rows = days.flatMap { a in days.filter { $0 > a }.map { "<a href=\"\(a)_\($0)\">x</a>  2024-03-12 10:24  1.6K\n" } }
        let html = String(repeating: " ", count: 100) + rows.joined() + rows.joined()
        let start = ContinuousClock.now
        let listing = FrameListing(
            frame: frame, pairs: read(html).pairs, remarks: [],
            validator: ListingValidator(entityTag: nil, lastModified: nil, digest: ""))
        #expect(listing.pairs.count == rows.count)
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test(arguments: [
        ("2024-03-12", "10:24", 1_710_239_040.0), ("2024-03-12", "10:24:30", 1_710_239_070),
        ("12-Mar-2024", "10:24", 1_710_239_040),
    ])
    func `times are read to the second where it is shown`(day: String, time: String, seconds: Double) {
        #expect(CalendarTime.date(day: day[...], time: time[...]) == Date(timeIntervalSince1970: seconds))
    }

    @Test(arguments: [
        ("2024-13-12", "10:24"), ("2024-02-30", "10:24"), ("2024-03-12", "24:00"), ("12-Mrz-2024", "10:24"), ("2024-03", "10:24"),
        ("2024-03-12", "10"), ("+024-03-12", "10:24"),
    ])
    func `what is no time is none`(day: String, time: String) {
        #expect(CalendarTime.date(day: day[...], time: time[...]) == nil)
    }
}

@Suite struct FrameListingTests {
    private func listing(_ pairs: [AcquisitionPair]) -> FrameListing {
        FrameListing(
            frame: frame,
            pairs: pairs.map {
                ListedPair(id: InterferogramID(frame: frame, pair: $0), location: .local(path: "/x"), version: ProductVersion())
            },
            remarks: [], validator: ListingValidator(entityTag: nil, lastModified: nil, digest: ""))
    }

    @Test func `pairs are listed once and in the order in which they become known`() {
        let mixed = pairs("20240130_20240211", "20240106_20240118", "20240118_20240211", "20240106_20240118")
        #expect(listing(mixed).pairs.map(\.id.pair) == pairs("20240106_20240118", "20240118_20240211", "20240130_20240211"))
    }
}

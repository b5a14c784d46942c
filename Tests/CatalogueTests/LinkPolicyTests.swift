import Domain
import Foundation
import Testing

@testable import Catalogue

private let page = URL(
    string: "https://gws-access.jasmin.ac.uk/public/LiCSAR_products/106/106A_09048_000909/interferograms/20240106_20240118")!
private let links = LinkPolicy(
    allowedHosts: ["data.ceda.ac.uk:443", "*.example.org", "mirror.example.net:8443"].map { HostPattern($0)! })

private func outcome(_ href: String, on page: URL = page) -> Result<String, LinkPolicy.Refusal> {
    do throws(LinkPolicy.Refusal) { return .success(try links.resolve(href, on: page).absoluteString) } catch {
        return .failure(error)
    }
}

@Suite struct LinkPolicyTests {
    @Test(arguments: [
        ("https://data.ceda.ac.uk/neodc/a.tif", "https://data.ceda.ac.uk/neodc/a.tif"),
        ("https://DATA.ceda.ac.uk:443/a.tif", "https://data.ceda.ac.uk/a.tif"),
        ("https://a.example.org/a.tif", "https://a.example.org/a.tif"),
        ("https://mirror.example.net:8443/a.tif", "https://mirror.example.net:8443/a.tif"),
        ("//data.ceda.ac.uk/a.tif", "https://data.ceda.ac.uk/a.tif"),
        ("/public/a.tif", "https://gws-access.jasmin.ac.uk/public/a.tif"),
        ("a.tif", "https://gws-access.jasmin.ac.uk/public/LiCSAR_products/106/106A_09048_000909/interferograms/a.tif"),
        (
            "20240106_20240118/a.tif",
            "https://gws-access.jasmin.ac.uk/public/LiCSAR_products/106/106A_09048_000909/interferograms/20240106_20240118/a.tif"
        ),
        // Old manifests say http of servers that speak both.
        ("http://data.ceda.ac.uk/a.tif", "https://data.ceda.ac.uk/a.tif"),
        ("https://data.ceda.ac.uk/a.tif?download=1#x", "https://data.ceda.ac.uk/a.tif"),
        ("https://data.ceda.ac.uk/a%20b.tif", "https://data.ceda.ac.uk/a%20b.tif"),
        ("https://data.ceda.ac.uk", "https://data.ceda.ac.uk/"),
    ])
    func `links to allowed places are followed`(href: String, url: String) {
        #expect(outcome(href) == .success(url))
    }

    @Test(arguments: [
        ("../../../etc/passwd", LinkPolicy.Refusal.traversal), ("/public/../etc/a.tif", .traversal), ("..", .traversal),
        ("https://data.ceda.ac.uk/a/../b.tif", .traversal), ("%2e%2e/a.tif", .traversal), ("a/%2E%2e/b.tif", .traversal),
        ("%252e%252e/a.tif", .traversal), ("a%2fb.tif", .traversal), ("a%5cb.tif", .traversal), ("a/./b.tif", .traversal),
        ("%25252525252e/a.tif", .traversal),
        ("file:///etc/passwd", .scheme), ("javascript:alert(1)", .scheme), ("JaVaScRiPt:x", .scheme),
        ("data:text/html,x", .scheme),
        ("ftp://data.ceda.ac.uk/a", .scheme), ("gopher://data.ceda.ac.uk/a", .scheme), ("http:/data.ceda.ac.uk/a", .scheme),
        ("mailto:a@b", .scheme), ("C:a.tif", .scheme),
        ("https://evil.example.com/a.tif", .host), ("//evil.example.com/a.tif", .host),
        ("https://data.ceda.ac.uk.evil.com/a", .host),
        ("https://example.org/a", .host), ("https://evilexample.org/a", .host), ("https://data.ceda.ac.uk:8080/a", .host),
        ("https://mirror.example.net/a", .host), ("https:///a", .host), ("https://127.0.0.1/a", .host),
        ("https://[::1]/a", .host),
        ("https://data.ceda.ac.uk@evil.com/a", .credentials), ("https://user:pw@data.ceda.ac.uk/a", .credentials),
        ("http://mirror.example.net:8443/a", .downgrade),
        ("", .notALink), ("a b.tif", .notALink), ("a\r\nHost: x", .notALink), ("a\u{0}.tif", .notALink), ("..\\a.tif", .notALink),
        ("a%00.tif", .notALink), ("a%0d%0a.tif", .notALink), ("\u{e9}.tif", .notALink), ("%zz", .notALink),
        (String(repeating: "a", count: 3000), .notALink),
    ])
    func `hostile links are refused by name`(href: String, refusal: LinkPolicy.Refusal) {
        #expect(outcome(href) == .failure(refusal))
    }

    @Test func `a link on a plain page stays plain`() {
        let plain = URL(string: "http://127.0.0.1:8080/x/")!
        #expect(outcome("a.tif", on: plain) == .success("http://127.0.0.1:8080/x/a.tif"))
        #expect(outcome("http://127.0.0.1:8081/a.tif", on: plain) == .failure(.host))
    }
}

@Suite struct PairManifestTests {
    private let listed = ListedPair(id: interferogram, location: .remote(page), version: ProductVersion())

    private func read(_ text: String) throws(CatalogueError) -> PairProducts {
        try PairManifest.read(Data(text.utf8), page: page, listed: listed, links: links)
    }

    @Test func `a manifest's links lead to CEDA and to the public tree`() throws {
        let products = try read(Listings.manifest)
        #expect(
            products.phase.location.description
                == "https://gws-access.jasmin.ac.uk/public/nceo_geohazards/LiCSAR_products.public/106/106A_09048_000909/interferograms/20240106_20240118/20240106_20240118.geo.diff_pha.tif"
        )
        #expect(
            products.coherence?.location.description
                == "https://data.ceda.ac.uk/neodc/comet/data/licsar_products/106/106A_09048_000909/20240106_20240118/20240106_20240118.geo.cc.tif"
        )
        #expect(products.source == page.absoluteString)
        #expect(products.remarks.isEmpty)
    }

    @Test func `a folder's index gives exact sizes where it shows them`() throws {
        let html =
            "<a href=\"20240106_20240118.geo.diff_pha.tif\">20240106_20240118.geo.diff_..&gt;</a> 12-Mar-2024 10:24   4025961\r\n"
        let products = try read(html)
        #expect(products.phase.version == ProductVersion(lastModified: march, size: 4_025_961))
        #expect(products.coherence == nil)
    }

    @Test func `a manifest without the wrapped phase is half published`() {
        let error = #expect(throws: CatalogueError.self) { try read("<a href='20240106_20240118.geo.cc.tif'>x</a>") }
        #expect(error?.fault == .phaseMissing)
        #expect(error?.isTemporary == true)
    }

    @Test(arguments: [
        "20240106_20240130.geo.diff_pha.tif", "20240106_20240118.geo.diff_unfiltered_pha.tif",
        "x20240106_20240118.geo.diff_pha.tif",
    ])
    func `another file is not taken for the wrapped phase`(name: String) {
        #expect(throws: CatalogueError.self) { try read("<a href='\(name)'>20240106_20240118.geo.diff_pha.tif</a>") }
    }

    @Test func `a phase on a foreign host is refused for good, with the host's name`() {
        let error = #expect(throws: CatalogueError.self) {
            try read("<a href='https://evil.example.com/106A_09048_000909/20240106_20240118.geo.diff_pha.tif'>x</a>")
        }
        #expect(error?.fault == .refusedLink)
        #expect(error?.isTemporary == false)
        #expect(error?.message.contains("evil.example.com") == true)
    }

    @Test func `another frame's file is not taken`() {
        #expect(throws: CatalogueError.self) {
            try read(
                "<a href='https://data.ceda.ac.uk/128/\(otherFrame)/20240106_20240118/20240106_20240118.geo.diff_pha.tif'>x</a>")
        }
    }

    private let march = Date(timeIntervalSince1970: 1_710_239_040)
}

@Suite struct CEDAListingTests {
    @Test func `a listing gives times, sizes and checksums`() throws {
        let json = """
            {"path": "/x", "items": [{"path": "/x/a.tif", "type": "file", "name": "a.tif", "ext": ".tif", "location": "on_disk",
            "size": 4025961, "last_modified": "2022-03-10T11:49:21", "md5": "D41D8CD98F00B204E9800998ECF8427E"}]}
            """
        let item = try #require(try CEDAListing.read(Data(json.utf8), page: page).file(named: "a.tif"))
        #expect(
            item.version
                == ProductVersion(
                    lastModified: Date(timeIntervalSince1970: 1_646_912_961), md5: "d41d8cd98f00b204e9800998ecf8427e",
                    size: 4_025_961))
        #expect(item.obstacle == nil)
    }

    @Test(arguments: [
        (#"{"type": "file", "name": "a", "location": "on_tape"}"#, ListingRemark.Reason.onTape),
        (#"{"type": "file", "name": "a", "location": "on_disk", "corrupted": true}"#, .corrupted),
    ])
    func `what cannot be fetched is named`(item: String, reason: ListingRemark.Reason) throws {
        let listing = try CEDAListing.read(Data(#"{"items": [\#(item)]}"#.utf8), page: page)
        #expect(listing.file(named: "a")?.obstacle?.reason == reason)
    }

    @Test func `nonsense in optional fields is not believed`() throws {
        let json = #"{"items": [{"type": "file", "name": "a", "size": -1, "md5": "zz", "last_modified": "yesterday"}]}"#
        #expect(try CEDAListing.read(Data(json.utf8), page: page).file(named: "a")?.version == ProductVersion())
    }

    @Test(arguments: ["", "[]", "<!doctype html><html></html>", #"{"path": "/x"}"#, #"{"items": [{"name": 1}]}"#, "null"])
    func `anything else is unreadable, and asked for again`(text: String) {
        let error = #expect(throws: CatalogueError.self) { try CEDAListing.read(Data(text.utf8), page: page) }
        #expect(error?.fault == .unreadable)
        #expect(error?.isTemporary == true)
    }
}

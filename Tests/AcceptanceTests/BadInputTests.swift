import Console
import Domain
import EmbeddedCatalogue
import Foundation
import Raster
import Testing

/// Whatever a catalogue serves gets a named outcome that the operator can see, and nothing else suffers.
@Suite(.serialized) struct BadInputTests {
    /// One pair with something wrong, and what `explain --json` then says.
    private struct Case: Sendable {
        enum Expectation: Sendable {
            /// Tried again later; the last error names this fault.
            case retried(String)
            case rejected(String)
            case notAssessable(String)
            /// The interferogram is assessed all the same.
            case scored
        }

        let pair: String
        let expected: Expectation
        let spoil: @Sendable (Station, String) throws -> Void
    }

    private static func fault(_ fault: Fault) -> @Sendable (Station, String) throws -> Void {
        { station, pair in station.catalogue.fail(fault, where: "\(pair).geo.diff_pha.tif") }
    }

    /// In the manifest of the pair, a link begins otherwise.
    private static func link(_ beginning: String) -> @Sendable (Station, String) throws -> Void {
        { station, pair in
            let text = station.address.jasmin.absoluteString + "/LiCSAR_products.public"
            station.catalogue.fail(.rewritten(text, to: beginning), where: "LiCSAR_products/128/\(Station.frame)/interferograms/\(pair)")
        }
    }

    private static let cases = [
        Case(pair: "20250601_20250613", expected: .retried("incomplete"), spoil: fault(.truncated(to: 9000))),
        Case(pair: "20250602_20250614", expected: .retried("empty"), spoil: fault(.emptyBody)),
        Case(pair: "20250603_20250615", expected: .retried("html-instead-of-tiff"), spoil: fault(.html)),
        Case(pair: "20250604_20250616", expected: .retried("not-found"), spoil: fault(.status(404))),
        Case(pair: "20250605_20250617", expected: .retried("busy"), spoil: fault(.status(503, retryAfter: 30))),
        Case(pair: "20250606_20250618", expected: .retried("unreachable"), spoil: fault(.cut(after: 5000))),
        Case(pair: "20250607_20250619", expected: .rejected("refused-link"), spoil: link("file:///etc")),
        Case(pair: "20250608_20250620", expected: .rejected("refused-link"), spoil: link("http://elsewhere.example.org")),
        Case(pair: "20250609_20250621", expected: .rejected("refused-link"), spoil: link("../../../../../etc")),
        Case(
            pair: "20250610_20250622", expected: .notAssessable("outside-image"),
            spoil: { station, pair in
                try BareTIFF.phase(of: .nan).write(to: station.files(pair).appending(path: "\(pair).geo.diff_pha.tif"))
            }),
        Case(
            pair: "20250611_20250623", expected: .retried("100000 x 100000"),
            spoil: { station, pair in
                try BareTIFF.claiming(side: 100_000).write(to: station.files(pair).appending(path: "\(pair).geo.diff_pha.tif"))
            }),
        Case(
            pair: "20250612_20250624", expected: .scored,
            spoil: { station, pair in
                let small = RasterGrid(geometry: Scenes.alcedo.square(pixels: 37), values: [Float](repeating: 0.7, count: 37 * 37))
                try GeoTIFF.write(small, to: station.files(pair).appending(path: "\(pair).geo.cc.tif"), as: .uint8Deflate)
            }),
        Case(
            pair: "20250613_20250625", expected: .scored,
            spoil: { station, pair in
                station.catalogue.fail(.html, where: "\(pair).geo.cc.tif")
            }),
        Case(pair: "20250614_20250626", expected: .scored, spoil: { _, _ in }),
    ]

    @Test func `P15 P16 bad files and hostile links each get a named outcome, and a file that comes back is not lost`() async throws {
        try await withStation { station in
            try station.configure()
            try station.publish("20250101_20250113", .quiet)
            let daemon = try await station.start(baseline: 1)
            // The manifest appears only when everything about it is as it is to be.
            for bad in Self.cases {
                try station.publish(bad.pair, .quiet)
                try FileManager.default.moveItem(at: station.manifest(bad.pair), to: station.folder.appending(path: bad.pair))
            }
            for bad in Self.cases {
                try bad.spoil(station, bad.pair)
                try FileManager.default.moveItem(at: station.folder.appending(path: bad.pair), to: station.manifest(bad.pair))
            }
            for bad in Self.cases {
                try await station.until("\(bad.pair) was tried", daemon) {
                    guard let account = try await station.accounts(bad.pair).first else { return false }
                    return account.outcome != nil || account.attempts > 0
                }
                try await check(bad, station)
            }
            let status = try await station.fringewatch("status", "--json")
            let report = try status.decoded(StatusReport.self, ConsoleJSON.decoder())
            #expect(report.retrying == 7 && report.waiting == 7)
            #expect(report.outcomes == ["baseline": 1, "scored": 3, "rejected": 3, "not-assessable": 1])
            #expect(try station.hook.receipts().isEmpty)

            station.catalogue.recover()
            for pair in Self.cases.prefix(6).map(\.pair) {
                try await station.until("\(pair) is assessed at the next attempt", daemon, within: 150) {
                    try await station.accounts(pair).first?.outcome == "scored"
                }
            }
        }
    }

    private func check(_ bad: Case, _ station: Station) async throws {
        let explained = try await station.fringewatch("explain", "\(Station.frame)/\(bad.pair)", "--json")
        #expect(explained.status == 0)
        let account = try #require(try explained.decoded([ExplanationReport].self, ConsoleJSON.decoder()).first)
        let seen =
            "\(bad.pair): \(account.outcome ?? "waiting") \(account.outcomeReason ?? "") \(account.lastError ?? "") \(account.steps.map(\.result))"
        switch bad.expected {
        case .retried(let fault):
            #expect(account.outcome == nil && account.attempts == 1 && account.lastError?.contains(fault) == true, "\(seen)")
        case .rejected(let fault): #expect(account.outcome == "rejected" && account.outcomeReason?.contains(fault) == true, "\(seen)")
        case .notAssessable(let reason):
            #expect(account.outcome == "not-assessable" && account.outcomeReason?.contains(reason) == true, "\(seen)")
        case .scored: #expect(account.outcome == "scored", "\(seen)")
        }
    }

    enum Illness: CaseIterable { case empty, html, hostile }

    @Test(arguments: Illness.allCases)
    func `a listing that turns empty, to HTML or hostile is degraded, loses nothing and recovers`(illness: Illness) async throws {
        try await withStation { station in
            try station.configure()
            for pair in ["20250101_20250113", "20250113_20250125"] { try station.publish(pair, .quiet) }
            let daemon = try await station.start(baseline: 2)
            let index = "/128/\(Station.frame)/interferograms/"
            switch illness {
            case .empty: station.catalogue.fail(.emptyListing, where: index)
            case .html: station.catalogue.fail(.html, where: index)
            case .hostile:
                station.catalogue.fail(.rewritten("href=\"2025", to: "href=\"http://elsewhere.example.org/\(Station.frame)/2025"), where: index)
            }
            // It changes while it is ill, so that no memory of the page hides the illness.
            try station.publish("20250613_20250707", .uplift)
            try await station.until("the listing is degraded", daemon) { try await station.status().health == .degraded }
            let status = try await station.fringewatch("status")
            #expect(status.status == 2 && status.output.contains("frames degraded"))
            #expect(try await station.status().outcomes == ["baseline": 2])
            #expect(try await station.accounts("20250613_20250707").isEmpty)

            station.catalogue.recover()
            try await station.settle("20250613_20250707", daemon)
            #expect(try await station.status().outcomes == ["baseline": 2, "scored": 1])
            #expect(try station.hook.receipts().count == 1)
            try await station.until("all is well again", daemon) { try await station.status().health == .ok }
        }
    }

    @Test func `a product on CEDA that is on tape, corrupted or not as promised is not read, for that reason`() async throws {
        try await withStation { station in
            try station.configure(catalogue: ["kind: ceda", "url: \(station.address.ceda.absoluteString)"])
            try station.publish("20250101_20250113", .quiet)
            let daemon = try await station.start(baseline: 1)
            let size = try Data(contentsOf: station.scenes.phase(.quiet)).count
            let cases = [
                ("20250601_20250613", "\"location\":\"on_disk\"", "\"location\":\"on_tape\"", "on-tape"),
                ("20250602_20250614", "\"location\":\"on_disk\"", "\"corrupted\":true,\"location\":\"on_disk\"", "(corrupted)"),
                ("20250603_20250615", "\"size\":\(size)", "\"size\":\(size + 1)", "size-mismatch"),
                ("20250604_20250616", "\"md5\":\"", "\"md5\":\"00000000000000000000000000000000\",\"was\":\"", "checksum-mismatch"),
            ]
            for (pair, text, other, _) in cases {
                station.catalogue.fail(.rewritten(text, to: other), where: "/\(pair)")
                try station.publish(pair, .quiet)
            }
            for (pair, _, _, fault) in cases {
                try await station.until("\(pair) was tried", daemon) {
                    guard let account = try await station.accounts(pair).first else { return false }
                    return account.outcome != nil || account.attempts > 0
                }
                let account = try #require(try await station.accounts(pair).first)
                // What the archive itself marks as corrupted is not asked for again; it comes as another version.
                #expect(account.outcome == (fault == "(corrupted)" ? "rejected" : nil))
                #expect((account.outcomeReason ?? account.lastError)?.contains(fault) == true, "\(pair): \(account.lastError ?? "")")
            }
        }
    }
}

import Checksums
public import Domain
public import FoundationEssentials

/// LiCSAR in the CEDA archive: directories listed as JSON (`?json`) under `{base}/{track}/{frame}/`, a folder for each pair.
public struct CEDACatalogue: InterferogramCatalogue {
    public static let publicBase = "https://data.ceda.ac.uk/neodc/comet/data/licsar_products"

    public let name: String
    private let base: URL
    private let connection: CatalogueConnection

    /// - Parameter base: the folder that holds the tracks.
    public init(name: String = "ceda", base: URL, connection: CatalogueConnection) {
        self.name = name
        self.base = base
        self.connection = connection
    }

    /// Pairs stand directly under the frame; some trees have a folder `interferograms` between. Both are read.
    public func list(_ frame: FrameID, unlessUnchanged validator: ListingValidator?) async throws(CatalogueError) -> ListingAnswer {
        let folder = folder(of: frame)
        let (top, page) = try await listing(of: folder)
        var found = pairs(in: top, folder: folder, frame: frame)
        var digests = page.validator.digest
        if top.folders().contains(where: { $0.name == "interferograms" }) {
            let inner = folder.appending(path: "interferograms/")
            let (listing, innerPage) = try await listing(of: inner)
            let more = pairs(in: listing, folder: inner, frame: frame)
            found = (found.pairs + more.pairs, found.remarks + more.remarks)
            digests += innerPage.validator.digest
        }
        // Two pages have no common ETag, and CEDA's have none at all: what they say decides.
        let now = ListingValidator(entityTag: nil, lastModified: nil, digest: Checksums.sha256(of: Data(digests.utf8)))
        if now == validator { return .unchanged }
        return .listing(FrameListing(frame: frame, pairs: found.pairs, remarks: found.remarks, validator: now))
    }

    public func products(of listed: ListedPair) async throws(CatalogueError) -> PairProducts {
        guard case .remote(let folder) = listed.location else { throw .foreign(listed, to: name) }
        let (listing, page) = try await listing(of: folder)
        var remarks: [ListingRemark] = []
        let phase = try product(
            LiCSARName.phase(of: listed.id.pair), in: listing, page: page.url, folder: folder, remarks: &remarks)
        guard let phase else {
            throw CatalogueError(
                .phaseMissing, .retry(after: nil), subject: folder.absoluteString,
                "the folder holds no \(LiCSARName.phase(of: listed.id.pair)); the pair may be half published, it is looked at again later"
            )
        }
        var coherence: Product?
        do throws(CatalogueError) {
            coherence = try product(
                LiCSARName.coherence(of: listed.id.pair), in: listing, page: page.url, folder: folder, remarks: &remarks)
        } catch {
            // The interferogram can be read without; the remark says why it must.
        }
        return PairProducts(id: listed.id, phase: phase, coherence: coherence, source: folder.absoluteString, remarks: remarks)
    }

    public func polygon(of frame: FrameID) async throws(CatalogueError) -> FramePolygon? {
        try await connection.polygon(at: folder(of: frame).appending(path: "metadata/\(LiCSARName.polygon(of: frame))"))
    }

    public func elevation(of frame: FrameID) -> Product? {
        Product(
            location: .remote(folder(of: frame).appending(path: "metadata/\(LiCSARName.elevation(of: frame))")), version: ProductVersion())
    }

    private func folder(of frame: FrameID) -> URL {
        base.appending(path: "\(LiCSARName.paddedTrack(of: frame))/\(frame)/")
    }

    private func listing(of folder: URL) async throws(CatalogueError) -> (CEDAListing, CatalogueConnection.Page) {
        let path = folder.path(percentEncoded: true)
        let url = folder.replacingPath(with: path.hasSuffix("/") ? String(path.dropLast()) : path, query: "json")
        guard let url, let page = try await connection.page(url, limit: PageLimit.index) else {
            throw CatalogueError(.unreadable, .retry(after: nil), subject: folder.absoluteString, "the server sent no listing")
        }
        // A failing index redirects to an HTML page and says 200.
        guard page.contentType == "application/json" else {
            throw CatalogueError(
                .unreadable, .retry(after: nil), subject: url.absoluteString,
                "a JSON listing was asked for and \(page.contentType ?? "something without a type") came; the index may be failing, it is asked again later"
            )
        }
        return (try CEDAListing.read(page.content, page: page.url), page)
    }

    private func pairs(in listing: CEDAListing, folder: URL, frame: FrameID) -> (pairs: [ListedPair], remarks: [ListingRemark]) {
        var pairs: [ListedPair] = []
        var remarks: [ListingRemark] = []
        for item in listing.folders() {
            guard let pair = AcquisitionPair(item.name) else { continue }
            if let obstacle = item.obstacle {
                remarks.append(obstacle)
                continue
            }
            pairs.append(
                ListedPair(
                    id: InterferogramID(frame: frame, pair: pair), location: .remote(folder.appending(path: "\(pair)/")),
                    version: item.version))
        }
        return (pairs, remarks)
    }

    /// - Returns: nil where the folder does not hold it.
    private func product(
        _ name: String, in listing: CEDAListing, page: URL, folder: URL, remarks: inout [ListingRemark]
    ) throws(CatalogueError) -> Product? {
        guard let item = listing.file(named: name) else { return nil }
        if let obstacle = item.obstacle {
            remarks.append(obstacle)
            throw CatalogueError(
                obstacle.reason == .corrupted ? .corrupted : .onTape,
                obstacle.reason == .corrupted ? .giveUp : .retry(after: nil),
                subject: folder.appending(path: name).absoluteString,
                "\(obstacle.detail); it is taken when the catalogue offers another version")
        }
        var location = folder.appending(path: name)
        if let link = item.download {
            do throws(LinkPolicy.Refusal) {
                let offered = try connection.links.resolve(link, on: page)
                if offered.segments.last == name { location = offered }
            } catch {
                remarks.append(ListingRemark(.refusedLink, item: link, detail: error.rawValue))
            }
        }
        return Product(location: .remote(location), version: item.version)
    }
}

extension URL {
    /// Same scheme and host, another path and query.
    fileprivate func replacingPath(with path: String, query: String) -> URL? {
        guard let scheme, let authority = LinkPolicy.authority(of: self) else { return nil }
        return URL(string: "\(scheme)://\(authority)\(path)?\(query)")
    }
}

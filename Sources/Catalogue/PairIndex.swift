import Domain
import FoundationEssentials

/// Reads a frame's index: which of its links are pairs of this frame.
enum PairIndex {
    /// - Parameters:
    ///   - page: the page's address after redirects.
    ///   - content: HTML.
    /// - Returns: the pairs in the page's order, and a remark for each link to a pair that may not be followed. Sort links, the
    ///   parent, other files and other frames' pairs are passed over in silence.
    static func read(_ content: Data, page: URL, frame: FrameID, links policy: LinkPolicy) -> (
        pairs: [ListedPair], remarks: [ListingRemark]
    ) {
        var pairs: [ListedPair] = []
        var remarks: [ListingRemark] = []
        for link in IndexPage.links(in: content) {
            // Only what claims to be a pair is worth a remark.
            guard let pair = claimedPair(link.href) else { continue }
            do throws(LinkPolicy.Refusal) {
                let url = try policy.resolve(link.href, on: page)
                guard url.names(frame) else { continue }
                pairs.append(
                    ListedPair(
                        id: InterferogramID(frame: frame, pair: pair), location: .remote(url),
                        version: ProductVersion(lastModified: link.lastModified)))
            } catch {
                remarks.append(ListingRemark(.refusedLink, item: link.href, detail: error.rawValue))
            }
        }
        return (pairs, remarks)
    }

    /// `20240106_20240118`, with or without a slash behind it and a path before it.
    private static func claimedPair(_ href: String) -> AcquisitionPair? {
        let path = href.prefix { $0 != "?" && $0 != "#" }
        let name = path.hasSuffix("/") ? path.dropLast() : path
        return AcquisitionPair(name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? "")
    }
}

/// Reads a pair's page: a manifest (`<a href='URL'>name</a><br />` lines, often text/plain) or the index of its folder.
enum PairManifest {
    /// - Throws: `CatalogueError` `phaseMissing` where it links no wrapped phase that may be fetched.
    static func read(
        _ content: Data, page: URL, listed: ListedPair, links policy: LinkPolicy
    ) throws(CatalogueError) -> PairProducts {
        var remarks: [ListingRemark] = []
        let links = IndexPage.links(in: content)

        func product(named name: String) -> Product? {
            for link in links where link.href.prefix(while: { $0 != "?" && $0 != "#" }).hasSuffix(name) {
                do throws(LinkPolicy.Refusal) {
                    let url = try policy.resolve(link.href, on: page)
                    guard url.segments.last == name, url.names(listed.id.frame) else { continue }
                    return Product(
                        location: .remote(url), version: ProductVersion(lastModified: link.lastModified, size: link.size))
                } catch {
                    remarks.append(ListingRemark(.refusedLink, item: link.href, detail: error.rawValue))
                }
            }
            return nil
        }

        let phaseName = LiCSARName.phase(of: listed.id.pair)
        let coherence = product(named: LiCSARName.coherence(of: listed.id.pair))
        guard let phase = product(named: phaseName) else {
            if let refused = remarks.first(where: { $0.item.hasSuffix(phaseName) }) {
                throw CatalogueError(
                    .refusedLink, .giveUp, subject: page.absoluteString,
                    "the pair's wrapped phase is behind a link that is not followed, \(refused.item): \(refused.detail). "
                        + "If the host is right, add it to the catalogue's allowed hosts")
            }
            throw CatalogueError(
                .phaseMissing, .retry(after: nil), subject: page.absoluteString,
                "the page links no \(phaseName); the pair may be half published, it is looked at again later")
        }
        return PairProducts(id: listed.id, phase: phase, coherence: coherence, source: page.absoluteString, remarks: remarks)
    }
}

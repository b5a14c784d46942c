import Domain
import FoundationEssentials
import Synthesis
import Testing
@Test func look() throws {
    let start = ContinuousClock.now
    let region = SyntheticRegion.demonstration()
    print("region", ContinuousClock.now - start, region.terrain.landShare, region.pairs.count)
    for pair in region.pairs.suffix(16) {
        let start = ContinuousClock.now
        let s = try LiCSARWriter(region).write(pair, into: URL(fileURLWithPath: "/tmp/service/demo"))
        print(pair, pair.span, ContinuousClock.now - start, s.truth.greatestMotion, s.truth.fringes)
    }
    try LiCSARWriter(region).writeMetadata(into: URL(fileURLWithPath: "/tmp/service/demo"))
}

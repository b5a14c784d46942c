import Domain
import Testing

struct NearestSpellingTests {
    @Test func `of equally wrong words the better one comes first and far ones not at all`() {
        #expect(NearestSpelling.of("prioritty", among: ["polling", "priority", "others", "jitter"]) == ["priority"])
        #expect(NearestSpelling.of("emial", among: ["maildir", "email"]) == ["email"])
        #expect(NearestSpelling.of("zzz", among: ["polling", "priority"]).isEmpty)
    }

    @Test(arguments: [("", "", 0), ("a", "", 1), ("abc", "acb", 1), ("kitten", "sitting", 3), ("sierra", "siera", 1)])
    func `edit distance counts slips`(a: String, b: String, slips: Int) {
        #expect(NearestSpelling.editDistance(Array(a.utf8), Array(b.utf8)) == slips)
        #expect(NearestSpelling.editDistance(Array(b.utf8), Array(a.utf8)) == slips)
    }
}

import Testing

@testable import Transport

@Suite struct BackoffTests {
    @Test(arguments: [
        (0, 5.0), (1, 5), (2, 10), (3, 20), (4, 40), (5, 80), (6, 160), (7, 320), (8, 640), (9, 900), (10, 900), (1_000_000, 900),
    ])
    func `the documented table holds`(attempt: Int, wait: Double) {
        var random = SystemRandomNumberGenerator()
        #expect(Backoff(jitter: 0).delay(attempt: attempt, random: &random) == wait)
    }

    @Test func `jitter takes away at most its share`() {
        var random = SystemRandomNumberGenerator()
        let waits = (0..<200).map { _ in Backoff(jitter: 0.3).delay(attempt: 3, random: &random) }
        #expect(waits.allSatisfy { (14.0...20.0).contains($0) })
        #expect(Set(waits).count > 100)
    }

    @Test(arguments: [(1, 60.0, 60.0), (1, 2, 5), (9, 60, 900), (1, 1e9, 3600), (1, -5, 5)])
    func `a Retry-After is a lower bound within limits`(attempt: Int, retryAfter: Double, wait: Double) {
        var random = SystemRandomNumberGenerator()
        #expect(Backoff(jitter: 0).delay(attempt: attempt, retryAfter: retryAfter, random: &random) == wait)
    }
}

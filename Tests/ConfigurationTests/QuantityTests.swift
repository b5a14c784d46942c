import Testing

@testable import Configuration

struct QuantityTests {
    @Test(arguments: [
        ("90s", 90.0), ("5m", 300), ("5 min", 300), ("6h", 21_600), ("30d", 2_592_000), ("1w", 604_800), ("1h 30m", 5400), ("1h30m", 5400),
        ("0.5h", 1800), ("250ms", 0.25), ("0s", 0),
    ])
    func `a time is the sum of its parts`(text: String, seconds: Double) { #expect(Quantity.seconds(text) == seconds) }

    @Test(arguments: ["", "5", "m", "5 x", "-5m", "5m5m", "1e3s", "0x5s", "5m,", "٥m", "1..2s", "infs", "5M"])
    func `what is no time is refused`(text: String) { #expect(Quantity.seconds(text) == nil) }

    @Test(arguments: [("1 B", 1.0), ("500 MiB", 524_288_000), ("500MB", 5e8), ("1kB", 1000), ("1 KiB", 1024), ("1.5 GiB", 1_610_612_736)])
    func `a size has decimal or binary units`(text: String, bytes: Double) { #expect(Quantity.bytes(text) == bytes) }

    @Test(arguments: ["500", "500 mib", "500 Mb", "MiB", "1 TiB"]) func `what is no size is refused`(text: String) {
        #expect(Quantity.bytes(text) == nil)
    }

    @Test(arguments: [("10 km", 10_000.0), ("500m", 500), ("1km 500m", 1500)])
    func `a distance is in metres or kilometres`(text: String, metres: Double) { #expect(Quantity.metres(text) == metres) }
}

import Domain
import Testing
import Volcanoes

@testable import Configuration

/// Whatever stands in a file, it is read or refused, never a crash. The seeds are fixed, so that a failure can be repeated.
struct HostileTextTests {
    @Test(arguments: 0..<6) func `a mangled configuration is read or refused`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let original = Array(try Repository.text("config/config.yaml").utf8)
        for _ in 0..<60 {
            let text = String(decoding: mangled(original, &random), as: UTF8.self)
            let log = ProblemLog()
            let node = YAMLText.read(text, file: "f", log: log)
            #expect(node != nil || !log.problems.isEmpty)
        }
    }

    @Test(arguments: 0..<4) func `a mangled priority list is edited without loss or not at all`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let volcanoes = try Repository.volcanoes.get()
        let editor = try PriorityListEditor(file: "p", volcanoes: volcanoes, receiverNames: receiverNames, today: #require(today))
        let entry = try PriorityEntry(volcano: #require(volcanoes[number(353_020)]), reason: "x")
        let original = Array(try Repository.text("config/priority-volcanoes.yaml").utf8)
        var edited = 0
        for _ in 0..<40 {
            let text = String(decoding: mangled(original, &random), as: UTF8.self)
            do throws(PriorityEditError) {
                let added = try editor.adding(entry, to: text)
                let back = try editor.removing(entry.volcano.number, from: added)
                // A line end may have been added where the text had none.
                #expect(back == text || back == text + "\n" || back == text + "\r\n")
                edited += 1
            } catch {
                // A refusal; nothing else can be thrown.
            }
        }
        #expect(edited > 0)
    }

    /// A few bytes dropped, doubled, or replaced by signs that mean something in YAML.
    private func mangled(_ bytes: [UInt8], _ random: inout SplitMix) -> [UInt8] {
        var bytes = bytes
        let signs = Array("\t\n\r :-#\"'[]{}&*!|>?%@,~\\\0".utf8) + [0xC2, 0x85, 0xFF]
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let index = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes.remove(at: index)
            case 1: bytes.insert(signs[Int.random(in: 0..<signs.count, using: &random)], at: index)
            case 2: bytes[index] = signs[Int.random(in: 0..<signs.count, using: &random)]
            default: bytes.insert(contentsOf: bytes[index...].prefix(40), at: index)
            }
        }
        return bytes
    }
}

/// Steele, Lea and Flood's SplitMix64: small and the same everywhere.
private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

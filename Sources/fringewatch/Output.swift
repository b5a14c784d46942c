import ArgumentParser
import Console
import Foundation

/// The option that every command with data has.
struct OutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Print JSON instead of text.")
    var json = false

    /// Prints a value as JSON if that was asked for.
    /// - Returns: whether it did.
    func printedJSON(_ value: some Encodable) throws -> Bool {
        guard json else { return false }
        print(String(decoding: try ConsoleJSON.encoder().encode(value), as: UTF8.self))
        return true
    }
}

/// A message for the person at the terminal: on standard error, so that data stay clean.
func say(_ message: String) {
    FileHandle.standardError.write(Data((message + "\n").utf8))
}

/// Columns of the terminal that standard output leads to; nil where it leads to a file or a pipe.
func terminalWidth() -> Int? {
    var size = winsize()
    guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
}

/// `1 frame`, `2 frames`.
func counted(_ number: Int, _ noun: String, _ plural: String? = nil) -> String { "\(number) \(number == 1 ? noun : plural ?? noun + "s")" }

/// Exit codes, documented in `fringewatch --help`.
enum Exit {
    static let failure = ExitCode(1)
    static let degraded = ExitCode(2)
    static let unreachable = ExitCode(69)
    static let temporary = ExitCode(75)
    static let configuration = ExitCode(78)
}

func isoTime(_ date: Date) -> String { date.formatted(.iso8601) }

func decimal(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

import Foundation
import LoopbackServers

/// What `make install` installs, below a folder, with the program that was built for the tests.
enum StagedInstallation {
    /// The repository.
    static let source = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { folder, _ in folder.deletingLastPathComponent() }

    static let servers = source.appending(path: "Tests/AcceptanceTests/Servers")

    /// The folder that becomes /usr. Made once a run.
    static func shared() async throws -> URL { try await made.value }

    private static let made = Task {
        let folder = try temporaryFolder("installed")
        let program = try Program.executable()
        let make = try await Program.run(
            ["--directory", source.path, "--silent", "install", "DESTDIR=\(folder.path)", "RELEASE_BINARY=\(program.path)"],
            program: URL(fileURLWithPath: "/usr/bin/make"))
        guard make.status == 0 else { throw Program.Trouble(description: "make install: \(make.output)\(make.errors)") }
        let usr = folder.appending(path: "usr")
        try await copyRuntime(of: program, to: usr.appending(path: "lib"))
        return usr
    }

    /// The program of the tests takes Swift's runtime from the toolchain, which the machine need not be able to see; that which is
    /// installed has it in itself.
    private static func copyRuntime(of program: URL, to folder: URL) async throws {
        let listing = try await Program.run([program.path], program: URL(fileURLWithPath: "/usr/bin/ldd"))
        for line in listing.output.split(separator: "\n") {
            // libswiftCore.so => /path/libswiftCore.so (0x00007f...)
            let words = line.split(separator: " ")
            guard words.count > 2, words[1] == "=>", words[2].hasPrefix("/"), !words[2].hasPrefix("/lib"), !words[2].hasPrefix("/usr/lib")
            else { continue }
            let library = URL(fileURLWithPath: String(words[2]))
            let copy = folder.appending(path: library.lastPathComponent)
            try FileManager.default.copyItem(at: library.resolvingSymlinksInPath(), to: copy)
        }
    }
}

import Detection
import Foundation
import Glibc
import Testing

@testable import Training

/// A file system of 1 MiB in memory, mounted on a folder of its own. Needs the right to mount.
private final class SmallVolume: Sendable {
    struct CannotMount: Error {}

    static let isPossible: Bool = {
        do {
            _ = try SmallVolume()
            return true
        } catch { return false }
    }()

    private let folder: TemporaryFolder
    var url: URL { folder.url }

    init() throws {
        folder = try TemporaryFolder()
        guard mount("tmpfs", folder.url.path, "tmpfs", 0, "size=1m") == 0 else { throw CannotMount() }
    }

    deinit { umount2(folder.url.path, Int32(MNT_DETACH)) }
}

@Test(.enabled(if: SmallVolume.isPossible, "needs the right to mount a file system"))
func `a full disk gives a clear error, and the checkpoint before it stays`() throws {
    let volume = try SmallVolume()
    let location = volume.url.appending(path: "a.checkpoint.safetensors")
    try DurableFile.write(Data(repeating: 1, count: 600_000), to: location)
    let error = #expect(throws: DurableFileError.self) { try DurableFile.write(Data(repeating: 2, count: 600_000), to: location) }
    #expect(error?.code == ENOSPC)
    #expect("\(error as Any)".contains("make room and resume"))
    #expect(try Data(contentsOf: location) == Data(repeating: 1, count: 600_000))
    #expect(try FileManager.default.contentsOfDirectory(atPath: volume.url.path) == ["a.checkpoint.safetensors"])
}

@Test(.enabled(if: SmallVolume.isPossible, "needs the right to mount a file system"))
func `a training on a full disk ends with the reason, not with half a checkpoint`() throws {
    let volume = try SmallVolume()
    var recipe = try MadePatches.recipe(epochs: 1)
    recipe.architecture = .alexNetPooled(width: 0.25)
    recipe.checkpoint.steps = 1
    let run = TrainingRun(recipe, try MadePatches.data(training: 16), folder: volume.url)
    let error = #expect(throws: DurableFileError.self) { try run.run() }
    #expect(error?.path == run.checkpointLocation?.path)
    #expect(try FileManager.default.contentsOfDirectory(atPath: volume.url.path).isEmpty)
}

@Test func `a folder that is not there is named`() {
    let error = #expect(throws: DurableFileError.self) { try DurableFile.write(Data(), to: URL(filePath: "/nonexistent/file")) }
    #expect("\(error as Any)".contains("/nonexistent/file"))
}

import Dispatch

/// Runs blocking file work on its own threads: Swift's few must never wait for a disk or a network file system.
func offPool<Value: Sendable>(
    _ work: @escaping @Sendable () throws(CatalogueError) -> Value
) async throws(CatalogueError) -> Value {
    let result: Result<Value, CatalogueError> = await withCheckedContinuation { continuation in
        fileWork.async {
            do throws(CatalogueError) {
                continuation.resume(returning: .success(try work()))
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
    }
    return try result.get()
}

private let fileWork = DispatchQueue(label: "fringewatch.catalogue.files", attributes: .concurrent)

using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Upstream;

/// <summary>Reads a request's body as a stream is read.</summary>
internal static class PullingReader
{
    /// <summary>Reads into <paramref name="destination"/> as soon as there are bytes.</summary>
    /// <returns>Bytes read; 0 at the end; -1 when the body is broken.</returns>
    public static async ValueTask<int> ReadAsync(this RequestBody body, Memory<byte> destination, CancellationToken cancellation)
    {
        while (true)
        {
            switch (body.TryPull(out var bytes))
            {
                case RequestBodyPull.Bytes:
                    var count = Math.Min(bytes.Length, destination.Length);
                    bytes.Span[..count].CopyTo(destination.Span);
                    body.Advance(count);
                    return count;
                case RequestBodyPull.End:
                    return 0;
                case RequestBodyPull.Broken:
                    return -1;
            }

            var arrival = new Arrival();
            body.Subscribe(arrival);
            await arrival.Task.WaitAsync(cancellation);
        }
    }

    private sealed class Arrival() : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), IRequestBodyReader
    {
        public void OnReadable() => SetResult();
    }
}

using System.Net;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Upstream.HttpClient;

/// <summary>A client's body as HttpClient sends it: out of the memory that the client's connection has written it to.</summary>
internal sealed class RequestBodyContent(RequestBody body, OriginDeadline deadline, TimeSpan writeTimeout) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The head leaves first: a connection that can't take it leaves the body unread, so the request can be sent on another.
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        var memory = new SliceMemory();
        while (true)
        {
            var found = body.TryPull(out var bytes);
            if (found == RequestBodyPull.NotYet)
            {
                // The client has deadlines of its own: while it is waited for, the origin's doesn't run.
                deadline.Disarm();
                await WaitAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            deadline.Arm(OriginFailure.ResponseTimeout, writeTimeout);
            if (found == RequestBodyPull.End)
                return;
            if (found == RequestBodyPull.Broken)
                throw new IOException("The request's body is incomplete.");
            try
            {
                await stream.WriteAsync(memory.Aim(bytes), cancellationToken).ConfigureAwait(false);
                await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                // The memory is the body's again only when the stream has done with it, as after a failure.
                body.Advance(bytes.Length);
            }
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length ?? 0;
        return body.Length.HasValue;
    }

    private Task WaitAsync(CancellationToken cancellationToken)
    {
        var arrival = new Arrival();
        body.Subscribe(arrival);
        return arrival.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Completes when there are bytes or the end. The loop that writes the body doesn't run what awaits it.</summary>
    private sealed class Arrival() : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), IRequestBodyReader
    {
        public void OnReadable() => SetResult();
    }
}

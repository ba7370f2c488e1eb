using System.Buffers;
using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Upstream.HttpClient;

/// <summary>One request of a <see cref="HttpClientOrigin"/>, from its message to its last call of the sink.</summary>
internal sealed class HttpClientExchange : IOriginExchange, IThreadPoolWorkItem, IDisposable
{
    private const string Ending = "the end of an exchange";

    private readonly OriginInvokers _invokers;
    private readonly OriginOptions _options;
    private readonly string _authority;
    private readonly OriginRequest _request;
    private readonly IOriginSink _sink;
    private readonly OriginDeadline _deadline;
    private readonly TimeProvider _time;
    private readonly FaultLedger _faults;
    private readonly SemaphoreSlim _resumed = new(0);
    private bool _headSeen;
    private OccupiedConnection? _connection;
    private FailedAttempt? _failed;

    public HttpClientExchange(
        OriginInvokers invokers, OriginOptions options, string authority, OriginRequest request, IOriginSink sink, TimeProvider time,
        FaultLedger faults)
    {
        _invokers = invokers;
        _options = options;
        _authority = request.Route?.Authority ?? authority;
        _request = request;
        _sink = sink;
        _time = time;
        _faults = faults;
        _deadline = new OriginDeadline(time);
    }

    public void Cancel() => _deadline.Cancel();

    public void Resume() => _resumed.Release();

    /// <summary>Runs the exchange. What it or the sink throws ends this exchange.</summary>
    public async void Execute()
    {
        try
        {
            if (_request.TryAttach(this))
                await RunAsync().ConfigureAwait(false);
            else
                FailOwn(OriginFailure.Cancelled);
            End();
            _faults.Point?.Invoke(nameof(_sink.OnEnd), _sink);
            if (_failed is { } failed)
                _sink.OnFailed(failed.Of(_request));
            else
                _sink.OnEnd();
            _faults.Point?.Invoke(nameof(_sink.OnEnd), _sink);
        }
        catch (Exception fault) when (_faults.Contains(fault))
        {
            _faults.Attempt(Ending, this, static exchange => exchange.End());
            _faults.End(_sink, "an exchange with the origin", fault);
        }
    }

    private void End()
    {
        _request.Body?.Discard();
        Dispose();
    }

    /// <summary>Frees the timer. The semaphore holds nothing that needs freeing, and a late <see cref="Resume"/> may still reach
    /// it.</summary>
    public void Dispose() => _deadline.Dispose();

    private async Task RunAsync()
    {
        // One deadline for all attempts, with their connections; a connection has its own within it.
        _deadline.Arm(OriginFailure.ResponseTimeout, _options.ResponseTimeout);
        await AttemptAsync(_invokers.Kept).ConfigureAwait(false);
        if (_failed is not { } failed || !RetryRule.TakesNewConnection(failed, _request))
            return;
        _failed = null;
        await AttemptAsync(_invokers.Fresh).ConfigureAwait(false);
    }

    private async Task AttemptAsync(HttpMessageInvoker invoker)
    {
        using HttpContent? content = _request.Body is null
            ? EmptyContent()
            : new RequestBodyContent(_request.Body, _deadline, _options.ResponseTimeout);
        using var message = OriginMessage.TryCreate(_request, _authority, content);
        if (message is null)
        {
            FailOwn(OriginFailure.Unsupported);
            return;
        }

        _connection = OccupiedConnection.Begin(message);
        using var response = await SendAsync(invoker, message).ConfigureAwait(false);
        if (response is null)
            return;
        if (OriginMessage.TryReadHead(response, _request.Method, _time.GetUtcNow()) is not { } head)
        {
            Fail(new FailedAttempt(OriginFailure.Malformed, FailureSource.BeforeHead), cause: null);
            _connection.Abandon();
            return;
        }

        _headSeen = true;
        // Read first, since the head is the sink's afterwards.
        var (framing, length) = (head.Framing, head.ContentLength);
        _faults.Point?.Invoke(nameof(_sink.OnHead), _sink);
        _sink.OnHead(head);
        _faults.Point?.Invoke(nameof(_sink.OnHead), _sink);
        if (framing == BodyFraming.None)
            return;
        // The response disposes of it.
        var stream = response.Content.ReadAsStream();
        var isWhole = framing == BodyFraming.Length
            ? await FillAsync(stream, length).ConfigureAwait(false) : await CopyAsync(stream).ConfigureAwait(false);
        if (isWhole && OriginMessage.ReadTrailers(response) is { } trailers)
            _sink.OnTrailers(trailers);
    }

    /// <summary>A request whose method may not be repeated gets an empty body, since SocketsHttpHandler repeats only requests without
    /// one.</summary>
    private ByteArrayContent? EmptyContent() => RetryRule.IsIdempotent(_request.Method) ? null : new ByteArrayContent([]);

    private async Task<HttpResponseMessage?> SendAsync(HttpMessageInvoker invoker, HttpRequestMessage message)
    {
        try
        {
            return await invoker.SendAsync(message, _deadline.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsOperational(exception))
        {
            Fail(Classify(exception), exception);
            return null;
        }
    }

    /// <summary>Reads a body of known length straight into the memory that holds it.</summary>
    /// <param name="left">Bytes of the body.</param>
    private async Task<bool> FillAsync(Stream stream, long left)
    {
        // An origin that is silent behind its head holds no memory of the body.
        if (left > 0 && await ReadAsync(stream, Memory<byte>.Empty).ConfigureAwait(false) < 0)
            return false;
        var memory = new SliceMemory();
        while (left > 0)
        {
            if (!TryReserve(left, out var room))
                return false;
            int count;
            // The read has ended when the room is given back, whatever has ended it.
            using (room)
                count = await ReadAsync(stream, memory.Aim(room.Memory)).ConfigureAwait(false);
            if (count <= 0)
                return count == 0;
            left -= count;
            if (!await CommitAsync(count).ConfigureAwait(false))
                return false;
        }

        return true;
    }

    /// <summary>Reads a body of unknown length. It grows in small pieces, so that little is wasted: reads into them would be many, and each
    /// would be sent on alone.</summary>
    private async Task<bool> CopyAsync(Stream stream)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(IOriginSink.DataMaximum);
        try
        {
            while (true)
            {
                var count = await ReadAsync(stream, buffer).ConfigureAwait(false);
                if (count <= 0)
                    return count == 0;
                for (var (sent, length) = (0, 0); sent < count; sent += length)
                {
                    if (!TryReserve(count - sent, out var room))
                        return false;
                    using (room)
                    {
                        length = Math.Min(room.Length, count - sent);
                        buffer.AsSpan(sent, length).CopyTo(room.Memory.Span);
                    }

                    if (!await CommitAsync(length).ConfigureAwait(false))
                        return false;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <returns>Bytes read, 0 at the end, -1 on failure.</returns>
    private async ValueTask<int> ReadAsync(Stream stream, Memory<byte> buffer)
    {
        _deadline.Arm(OriginFailure.IdleTimeout, _options.IdleTimeout);
        try
        {
            return await stream.ReadAsync(buffer, _deadline.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsOperational(exception))
        {
            Fail(Classify(exception), exception);
            return -1;
        }
    }

    private bool TryReserve(long wanted, out SegmentRoom room)
    {
        _faults.Point?.Invoke(nameof(_sink.TryReserve), _sink);
        if (_sink.TryReserve((int)Math.Min(wanted, IOriginSink.DataMaximum), out room))
            return true;
        // It has cancelled.
        Fail(new FailedAttempt(OriginFailure.Cancelled, FailureSource.Proxy), cause: null);
        return false;
    }

    /// <returns>False where the exchange ended while it had to wait.</returns>
    private ValueTask<bool> CommitAsync(int count)
    {
        _faults.Point?.Invoke(nameof(_sink.Commit), _sink);
        var flow = _sink.Commit(count);
        _faults.Point?.Invoke(nameof(_sink.Commit), _sink);
        return flow == OriginFlow.Wait ? WaitAsync() : ValueTask.FromResult(true);
    }

    private async ValueTask<bool> WaitAsync()
    {
        _deadline.Disarm();
        try
        {
            await _resumed.WaitAsync(_deadline.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException exception)
        {
            Fail(Classify(exception), exception);
            return false;
        }
    }

    private static bool IsOperational(Exception exception) =>
        exception is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException or OriginSilentException;

    private FailedAttempt Classify(Exception exception)
    {
        if (_request.Body is { IsAborted: true })
            return new FailedAttempt(OriginFailure.ClientBodyFailed, FailureSource.Proxy);
        if (_request.Body is { LacksMemory: true })
            return new FailedAttempt(OriginFailure.Fault, FailureSource.Proxy);
        var stage = _headSeen ? FailureSource.InBody
            : _connection?.Address is null ? FailureSource.Connect : FailureSource.BeforeHead;
        if (!_deadline.Token.IsCancellationRequested)
            return OriginErrors.Of(exception, stage);
        var reason = _deadline.Reason;
        // It passed while it was put off.
        if (reason == OriginFailure.None)
            reason = _headSeen ? OriginFailure.IdleTimeout : OriginFailure.ResponseTimeout;
        return new FailedAttempt(reason, FailedAttempt.IsOwn(reason) ? FailureSource.Proxy : stage);
    }

    private void Fail(in FailedAttempt attempt, Exception? cause) =>
        _failed = attempt with { Trouble = OriginTrouble.Of(cause, _connection?.Address?.ToString() ?? _authority) };

    /// <summary>Fails a request that isn't sent, so that there is no address to report.</summary>
    private void FailOwn(OriginFailure reason) => _failed = new FailedAttempt(reason, FailureSource.Proxy);
}

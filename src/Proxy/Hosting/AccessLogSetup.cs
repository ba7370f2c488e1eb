using Microsoft.Extensions.Logging;
using TlsProxy.Proxy.Hosting.Options;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Proxy.Workers;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Processes;
using TlsProxy.Uring.Streams;

namespace TlsProxy.Proxy.Hosting;

/// <summary>Opens the access log.</summary>
internal static class AccessLogSetup
{
    /// <returns>Null where there is to be none.</returns>
    /// <exception cref="StartException">The file can't be written.</exception>
    public static AccessLog? Open(LogOptions options, SpareDescriptors spare, ILogger logger, FaultLedger faults)
    {
        if (options.AccessLog is not { } path)
            return null;
        try
        {
            return new AccessLog(OpenFile, OnTrouble, faults: faults) { Format = options.AccessLogFormat };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new StartException(
                $"--access-log: {path} can't be written ({PathErrors.Reason(exception, path)}); "
                + "name a file in a folder that can be written.");
        }
        catch (TimeoutException exception)
        {
            throw new StartException(
                $"--access-log: {path} can't be written ({exception.Message}); start its reader first, or name another file.");
        }

        void OnTrouble(Exception exception) => ProxyLog.AccessLogTroubled(logger, path, PathErrors.Reason(exception, path));

        // Without a buffer of its own: what couldn't be written isn't kept to be tried again.
        Stream OpenFile()
        {
            _ = spare.HasRoom();
            return path == "-" ? new StandardOutputStream() : AppendingFile.Open(path);
        }
    }
}

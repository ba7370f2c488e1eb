using Microsoft.Extensions.Logging;
using TlsProxy.Handshake;
using TlsProxy.Handshake.Certificates;
using TlsProxy.Uring.Processes;

namespace TlsProxy.Proxy.Hosting.Certificates;

/// <summary>Replaces what the TLS listeners present while they serve: when asked, and when the files have changed.
/// Says in the log what came of it, and that a certificate is about to expire.</summary>
internal sealed class CertificateRotation : IDisposable
{
    private static readonly TimeSpan WarningPeriod = TimeSpan.FromDays(1);

    // Guards a reload with its counts and log lines, and the time of the last warning: one thread at a time. Look calls Reload while it
    // holds it.
    private readonly Lock _lock = new();
    private readonly TlsContext _context;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly FileWatch? _watch;
    private DateTimeOffset _warned = DateTimeOffset.MinValue;

    // Written without the lock, which a reload of a file that hangs may hold at the end.
    private volatile bool _stopped;

    /// <param name="period">How often the files are looked at; null for never.</param>
    /// <param name="upkeep">Whose thread looks.</param>
    public CertificateRotation(TlsContext context, TimeSpan? period, UpkeepThread upkeep, ILogger logger, TimeProvider time)
    {
        _context = context;
        _logger = logger;
        _time = time;
        foreach (var certificate in context.Certificates)
            LogPresented(certificate);
        LogStapleProblems();
        if (period is not { } every)
            return;
        _watch = new FileWatch(context.FindFiles);
        _ = upkeep.Add("a look at the certificates' files", Look, every);
    }

    /// <summary>Given up where files can't be opened for want of descriptors; null for none.</summary>
    public SpareDescriptors? Spare { get; init; }

    public IReadOnlyList<ServerCertificate> Certificates => _context.Certificates;

    public TlsContext Context => _context;

    /// <summary>Certificates that were replaced, added or removed since the start.</summary>
    public long Changed { get; private set; }

    /// <summary>Files that couldn't be used since the start.</summary>
    public long Refused { get; private set; }

    /// <summary>Reads all files again.</summary>
    /// <param name="cause">Who asked, for the log.</param>
    public CertificateReload Reload(string cause)
    {
        lock (_lock)
        {
            _ = Spare?.HasRoom();
            _watch?.Use();
            var result = _context.Reload();
            Changed += result.Changes.Count;
            Refused += result.Refusals.Count;
            foreach (var change in result.Changes)
                LogChange(change);
            foreach (var refusal in result.Refusals)
                CertificateLog.Refused(_logger, refusal);
            LogStapleProblems();
            if (result.TicketKeysChanged)
                CertificateLog.TicketKeysReplaced(_logger, _context.TicketKeys.Count);
            CertificateLog.Reloaded(_logger, cause, result.Changes.Count, result.Refusals.Count);
            _warned = DateTimeOffset.MinValue;
            return result;
        }
    }

    /// <summary>What is to be done now and then: ticket keys that have made tickets for their time are replaced,
    /// and the end of certificates is warned of.</summary>
    public void Housekeep()
    {
        _context.TicketKeys.RotateIfDue();
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            if (now - _warned < WarningPeriod)
                return;
            _warned = now;
            foreach (var certificate in _context.Certificates.Where(certificate => now >= certificate.WarnAfter))
                Warn(certificate, now);
        }
    }

    public void Dispose() => _stopped = true;

    private void Look()
    {
        lock (_lock)
        {
            _ = Spare?.HasRoom();
            if (!_stopped && _watch!.HasSettledChange())
                Reload("files have changed");
        }
    }

    private void Warn(ServerCertificate certificate, DateTimeOffset now)
    {
        var files = certificate.Files;
        if (now >= certificate.NotAfter)
        {
            CertificateLog.Expired(_logger, files.Label, files.ChainPath, certificate.NotAfter);
        }
        else
        {
            CertificateLog.Expiring(
                _logger, files.Label, files.ChainPath, certificate.NotAfter, (int)(certificate.NotAfter - now).TotalDays);
        }
    }

    private void LogPresented(ServerCertificate certificate)
    {
        CertificateLog.Presented(
            _logger, certificate.Files.Label, certificate.Names.ToString(),
            certificate.KeyAlgorithm, certificate.Serial, certificate.NotAfter);
    }

    private void LogStapleProblems()
    {
        foreach (var certificate in _context.Certificates)
        {
            if (certificate.StapleProblem is { } problem)
                CertificateLog.StapleRefused(_logger, problem);
        }
    }

    private void LogChange(CertificateChange change)
    {
        switch (change)
        {
            case { Before: { } old, After: { } certificate }:
                CertificateLog.Replaced(
                    _logger, certificate.Files.Label, certificate.Names.ToString(),
                    old.Serial, old.NotAfter, certificate.Serial, certificate.NotAfter);
                if (change.LostNames is { Count: > 0 } lost)
                    CertificateLog.NamesLost(_logger, certificate.Files.Label, string.Join(", ", lost));
                break;
            case { After: { } certificate }:
                LogPresented(certificate);
                break;
            case { Before: { } old }:
                CertificateLog.Removed(_logger, old.Files.Label, old.Names.ToString(), old.Serial);
                break;
        }
    }
}
